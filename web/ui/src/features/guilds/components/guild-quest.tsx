// What the guild does together this week, and how earlier weeks ended.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Card, Text } from "frosted-ui";
import { Answer } from "@/components/answer";
import { Line, List } from "@/components/list";
import { Meter } from "@/components/meter";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { useNow } from "@/components/use-now";
import { printCount, printXp } from "@/lib/numbers";
import { printDayOf, printLeft } from "@/lib/times";
import type { Guild, GuildQuest } from "@/lib/types";
import { useGetGuildQuestsQuery } from "../api/guilds";
import { questText, questTitle } from "../words";

export function WeekQuest({ guild }: { guild: Guild }) {
  const query = useGetGuildQuestsQuery(guild.id);
  const now = useNow();
  const quest = query.data?.find(({ ends_at }) => Date.parse(ends_at) > now);
  if (!query.data) return <Answer query={query} what={t`The guild quest`} children={() => null} />;
  return quest ? <Week quest={quest} now={now} /> : <NoQuest />;
}

function Week({ quest, now }: { quest: GuildQuest; now: number }) {
  const title = questTitle(quest.template);
  const isDone = quest.state === "completed";
  const mine = printCount(quest.mine);
  return (
    <Card size="2" className="guild-quest" data-state={quest.state} render={<section aria-label={title} />}>
      <div className="guild-quest-head">
        <Text size="3" weight="semi-bold" render={<h2 />}>
          {title}
        </Text>
        <Text size="1" color="gray">
          {isDone ? t`Complete` : printLeft(quest.ends_at, now)}
        </Text>
      </div>
      <Text size="2" color="gray" render={<p />}>
        {questText(quest.template)}
      </Text>
      <Meter
        label={t`Progress of ${title}`}
        value={quest.progress}
        goal={quest.target}
        size="3"
        color={isDone ? "success" : undefined}
      />
      <div className="guild-quest-foot num">
        <Text size="1" color="gray">
          <Trans>
            {printCount(quest.progress)} of {printCount(quest.target)}
          </Trans>
          {" · "}
          {quest.mine > 0 ? t`${mine} by you` : t`none by you yet`}
        </Text>
        <span className="guild-reward">{printXp(quest.reward_xp)}</span>
      </div>
      {!isDone && (
        <Text size="1" color="gray" render={<p />}>
          <Trans>Everybody who helped gets the XP when it is complete.</Trans>
        </Text>
      )}
    </Card>
  );
}

function NoQuest() {
  return (
    <div className="guild-no-quest">
      <Nothing
        title={t`No guild quest this week`}
        text={t`On Monday every guild with at least three members gets one.`}
      />
    </div>
  );
}

export function GuildQuests({ guild }: { guild: Guild }) {
  const query = useGetGuildQuestsQuery(guild.id);
  const now = useNow();
  return (
    <Panel title={t`Guild quests`} note={t`One each week, from Monday`}>
      <Answer
        query={query}
        what={t`The guild's quests`}
        isEmpty={(quests) => quests.length === 0}
        empty={
          <Nothing title={t`No quests yet`} text={t`On Monday every guild with at least three members gets one.`} />
        }
      >
        {(quests) => (
          <List label={t`Guild quests`}>
            {quests.map((quest) => (
              <Line
                key={quest.id}
                title={questTitle(quest.template)}
                text={t`Week from ${printDayOf(quest.starts_at, now)}`}
                figures={
                  <>
                    {printCount(quest.progress)}/{printCount(quest.target)}
                    <small>{stateName(quest.state)}</small>
                  </>
                }
              />
            ))}
          </List>
        )}
      </Answer>
    </Panel>
  );
}

function stateName(state: GuildQuest["state"]): string {
  return { open: t`running`, completed: t`complete`, missed: t`missed` }[state];
}
