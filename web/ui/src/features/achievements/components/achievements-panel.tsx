// The achievements: what is unlocked, and how far the others are.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Skeleton, Text } from "frosted-ui";
import type { ReactNode } from "react";
import { Answer, isBusy } from "@/components/answer";
import { Meter } from "@/components/meter";
import { OpenPanel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { printCount, printMoney, printRate, printXp } from "@/lib/numbers";
import { printDate } from "@/lib/times";
import type { Achievement, Rarity } from "@/lib/types";
import { inOrder, nextOnes } from "../achievement-order";
import { useGetAchievementsQuery } from "../api/get-achievements";
import { Medal } from "./medal";
import "./achievements.css";

const NEXT = 3;

/** What is nearest, what is unlocked, and how far all the others are. */
export function AchievementsPanel() {
  const query = useGetAchievementsQuery();
  const total = query.data?.length ?? 0;
  const unlocked = query.data?.filter((achievement) => achievement.unlocked_at).length ?? 0;
  const next = query.data ? nextOnes(query.data, NEXT) : [];
  return (
    <>
      {next.length > 0 && (
        <Group title={t`Next up`}>
          {next.map((achievement) => (
            <Card key={achievement.key} achievement={achievement} />
          ))}
        </Group>
      )}
      <OpenPanel
        title={t`Unlocked`}
        note={
          query.data && (
            <Trans>
              {unlocked} of {total} unlocked
            </Trans>
          )
        }
        busy={isBusy(query)}
      >
        <Answer
          query={query}
          what={t`Your achievements`}
          waiting={<Skeleton.Rect className="achievements-skeleton" />}
          isEmpty={(achievements) => achievements.length === 0}
          empty={<Nothing title={t`No achievements here yet`} text={t`This community has not published any.`} />}
        >
          {(achievements) =>
            unlocked === 0 ? (
              <Nothing title={t`Nothing unlocked yet`} text={t`The ones above are the nearest.`} />
            ) : (
              <Medals achievements={inOrder(achievements).filter((one) => one.unlocked_at)} />
            )
          }
        </Answer>
      </OpenPanel>
      {query.data && unlocked < total && (
        <Group title={t`Still locked`}>
          <Cards achievements={inOrder(query.data).filter((one) => !one.unlocked_at && !next.includes(one))} />
        </Group>
      )}
    </>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <OpenPanel title={title}>
      <ul className="achievements" role="list">
        {children}
      </ul>
    </OpenPanel>
  );
}

function Medals({ achievements }: { achievements: Achievement[] }) {
  return (
    <ul className="achievements" role="list">
      <Cards achievements={achievements} />
    </ul>
  );
}

function Cards({ achievements }: { achievements: Achievement[] }) {
  return achievements.map((achievement) => <Card key={achievement.key} achievement={achievement} />);
}

function Card({ achievement }: { achievement: Achievement }) {
  return (
    <li className="achievement" data-locked={!achievement.unlocked_at || undefined}>
      <Medal achievement={achievement} />
      <Text size="2" weight="semi-bold" render={<h3 />}>
        {achievement.title}
      </Text>
      <Text size="1" color="gray" className="achievement-text" render={<p />}>
        {achievement.description}
      </Text>
      <Parts achievement={achievement} />
      <Standing achievement={achievement} />
    </li>
  );
}

/** What it asks for where it asks for several things. */
function Parts({ achievement }: { achievement: Achievement }) {
  if (achievement.unlocked_at || achievement.parts.length === 0) return null;
  return (
    <ul className="achievement-parts" role="list">
      {achievement.parts.map((part) => (
        <li key={`${part.metric} ${part.target}`} data-done={part.progress >= part.target || undefined}>
          {part.words}
        </li>
      ))}
    </ul>
  );
}

/** How many of the members have it. */
function Share({ achievement }: { achievement: Achievement }) {
  const { share_bp: share } = achievement;
  if (share === null) return null;
  const rate = printRate(share);
  return (
    <Text size="1" color="gray" className="num achievement-share">
      {share === 0 ? <Trans>Nobody has it yet</Trans> : <Trans>{rate} of members have it</Trans>}
    </Text>
  );
}

function Standing({ achievement }: { achievement: Achievement }) {
  const { progress, threshold, unlocked_at: unlockedAt, title, reward_xp: reward, rarity } = achievement;
  if (unlockedAt) {
    return (
      <Text size="1" color="gray" className="achievement-foot">
        <span className="rarity" data-rarity={rarity}>
          {rarityName(rarity)}
        </span>
        {achievement.hidden ? t`A secret one` : printDate(unlockedAt)}
        <Share achievement={achievement} />
      </Text>
    );
  }
  return (
    <div className="achievement-foot">
      <Meter label={t`Progress of ${title}`} value={progress} goal={threshold} size="1" />
      <Text size="1" color="gray" className="num">
        {howFar(achievement)}
      </Text>
      <Text size="1" color="gray" className="num achievement-reward">
        {printXp(reward)}
      </Text>
      <Share achievement={achievement} />
    </div>
  );
}

/** "3 of 5"; of several things one percentage says it all. */
function howFar(achievement: Achievement): string {
  const reached = amount(achievement, Math.min(achievement.progress, achievement.threshold));
  const goal = amount(achievement, achievement.threshold);
  return achievement.metric === "requirement" ? reached : t`${reached} of ${goal}`;
}

/** Metrics named in cents are US dollars; all others are counts. */
function amount({ metric }: Achievement, value: number): string {
  if (metric === "requirement") return `${printCount(value)} %`;
  if (!metric.endsWith("_cents")) return printCount(value);
  return printMoney({ amount_minor: value, currency: "usd", exponent: 2 }).replace(/\.00$/, "");
}

function rarityName(rarity: Rarity): string {
  return { common: t`Common`, rare: t`Rare`, epic: t`Epic`, legendary: t`Legendary` }[rarity];
}
