// A quest in full: what it asks for, until when, and each fact that counted.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Text } from "frosted-ui";
import { Answer } from "@/components/answer";
import { MomentOf } from "@/components/figures";
import { Line, List } from "@/components/list";
import { Meter } from "@/components/meter";
import { Modal } from "@/components/modal";
import { Nothing } from "@/components/problem";
import { useNow } from "@/components/use-now";
import { printXp } from "@/lib/numbers";
import { printLeft, printMoment } from "@/lib/times";
import type { Quest, QuestDetail as Detail } from "@/lib/types";
import { useGetQuestQuery } from "../api/reroll-quest";
import { amount, standing } from "../quest-order";
import type { QuestDetailProps } from "./quest-detail-modal";

export default function QuestDetail({ quest, onClose }: QuestDetailProps) {
  const query = useGetQuestQuery(quest.id);
  const now = useNow();
  const { title } = quest;
  const ends = printMoment(quest.ends_at);
  return (
    <Modal open onClose={onClose} title={title} description={quest.description}>
      <div className="quest-detail">
        <p className="quest-terms">
          <strong className="num">{printXp(quest.reward_xp)}</strong>
          <span>
            {printLeft(quest.ends_at, now)} · {ends}
          </span>
        </p>
        <Meter label={t`Progress of ${title}`} value={quest.progress} goal={quest.target} size="3" />
        <Text size="2" className="num" render={<p />}>
          {standing(quest)}
        </Text>
        <Parts quest={quest} />
        <h3>
          <Trans>What counted</Trans>
        </h3>
        <Answer
          query={query}
          what={t`What counted`}
          isEmpty={({ facts }) => facts.length === 0}
          empty={<Nothing title={t`Nothing yet`} text={t`Whatever counts for this quest shows up here at once.`} />}
        >
          {(detail) => <Facts detail={detail} />}
        </Answer>
      </div>
      <div className="modal-foot">
        <Button size="3" variant="soft" color="gray" onClick={onClose}>
          <Trans>Close</Trans>
        </Button>
      </div>
    </Modal>
  );
}

/** What a quest asks for where it asks for several things. */
function Parts({ quest }: { quest: Quest }) {
  if (quest.parts.length === 0) return null;
  return (
    <ul className="quest-parts" role="list">
      {quest.parts.map((part) => (
        <li key={`${part.metric} ${part.target}`} data-done={part.progress >= part.target || undefined}>
          <span>{part.words}</span>
          <Meter
            label={t`Progress of ${part.words}`}
            value={part.progress}
            goal={part.target}
            size="1"
            color={part.progress >= part.target ? "success" : undefined}
          />
        </li>
      ))}
    </ul>
  );
}

function Facts({ detail }: { detail: Detail }) {
  return (
    <List label={t`What counted`}>
      {detail.facts.map((fact) => (
        <Line
          key={`${fact.metric} ${fact.at} ${fact.what}`}
          title={nameOf(fact.metric)}
          text={<MomentOf at={fact.at} />}
          figures={`+${amount({ target_type: fact.metric }, fact.amount)}`}
        />
      ))}
    </List>
  );
}

function nameOf(metric: string): string {
  const names: Record<string, string> = {
    referrals: t`New referral`,
    commission: t`Commission`,
    lessons: t`Lesson finished`,
    visits: t`You opened the app`,
    clicks: t`Visitor on your link`,
    quests: t`Quest claimed`,
    achievements: t`Achievement unlocked`,
    level: t`Level reached`,
    messages: t`Message in your guild`,
  };
  return names[metric] ?? metric;
}
