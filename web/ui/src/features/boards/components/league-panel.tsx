// The member's league this week: the ladder, the group in the order it would end in now, last week's result.
import { plural, t } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { Text } from "frosted-ui";
import { Answer, isBusy } from "@/components/answer";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { useNow } from "@/components/use-now";
import { printLeft } from "@/lib/times";
import type { League, LeagueRow } from "@/lib/types";
import { useGetLeagueQuery } from "../api/boards";
import { TIER_NAMES } from "../board-words";
import { PlaceRow } from "./place-row";

export function LeaguePanel() {
  const query = useGetLeagueQuery();
  const now = useNow();
  const { data } = query;
  return (
    <Panel title={t`Your league`} note={data?.in_force ? printLeft(data.ends_at, now) : undefined} busy={isBusy(query)}>
      <Answer query={query} what={t`Your league`}>
        {(league) => (league.in_force ? <Group league={league} /> : <NoLeague league={league} />)}
      </Answer>
    </Panel>
  );
}

function NoLeague({ league }: { league: League }) {
  return (
    <>
      <Nothing
        title={t`No leagues this week`}
        text={t`They begin on a Monday once enough members earn XP. Every bit of XP counts towards it.`}
      />
      <LastWeek league={league} />
    </>
  );
}

function Group({ league }: { league: League }) {
  const { rows, tier } = league;
  return (
    <>
      <Ladder tiers={league.tiers} tier={tier} />
      <LastWeek league={league} />
      {tier === null ? (
        <Nothing title={t`Your seat is waiting`} text={t`Your first XP of this week puts you into a group.`} />
      ) : (
        <ol className="league-rows" aria-label={t`Your group`}>
          {rows.map((row, at) => (
            <li key={row.place.position} data-step={row.step} data-edge={isEdge(rows, at) || undefined}>
              <PlaceRow place={row.place} category="xp" note={whereTo(row)} />
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

/** Where the group is cut into those who go up, stay and go down. */
function isEdge(rows: LeagueRow[], at: number): boolean {
  return at > 0 && rows[at]!.step !== rows[at - 1]!.step;
}

function whereTo({ step }: LeagueRow) {
  if (step > 0) return <span className="league-up">↑ {t`Goes up`}</span>;
  if (step < 0) return <span className="league-down">↓ {t`Goes down`}</span>;
  return undefined;
}

function Ladder({ tiers, tier }: { tiers: string[]; tier: string | null }) {
  const { i18n } = useLingui();
  return (
    <ol className="ladder" aria-label={t`Leagues`}>
      {tiers.map((name) => (
        <li key={name} data-tier={name} aria-current={name === tier ? "step" : undefined}>
          <span className="ladder-mark" aria-hidden="true" />
          <span>{TIER_NAMES[name] ? i18n._(TIER_NAMES[name]) : name}</span>
        </li>
      ))}
    </ol>
  );
}

function LastWeek({ league: { last } }: { league: League }) {
  const { i18n } = useLingui();
  if (!last) return null;
  const tier = TIER_NAMES[last.tier] ? i18n._(TIER_NAMES[last.tier]!) : last.tier;
  const xp = plural(last.xp, { one: "# XP", other: "# XP" });
  const { rank } = last;
  return (
    <Text size="2" color="gray" className="plain" render={<p />}>
      <Trans>
        Last week: place {rank} in {tier} with {xp}.
      </Trans>{" "}
      {last.step > 0 && t`You went up.`}
      {last.step < 0 && t`You went down.`}
    </Text>
  );
}
