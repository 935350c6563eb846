// One quest: what to do, how far, and the claim.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Card, Text } from "frosted-ui";
import { useState } from "react";
import { Icon, type IconName } from "@/components/icons";
import { Meter } from "@/components/meter";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import { printXp } from "@/lib/numbers";
import type { Quest } from "@/lib/types";
import { useClaimQuestMutation, wasClaimedElsewhere } from "../api/claim-quest";
import { useRerollQuestMutation } from "../api/reroll-quest";
import { isClaimable, standing } from "../quest-order";
import { preloadDetail, QuestDetailModal } from "./quest-detail-modal";

const ICONS: Record<string, IconName> = {
  visits: "flame",
  lessons: "book",
  messages: "people",
  clicks: "link",
  referrals: "people",
  commission: "coin",
  quests: "scroll",
  level: "bolt",
  achievements: "trophy",
  requirement: "star",
};

/** `left`: how much time it has, where its panel does not say so for all. */
export function QuestCard({ quest, left = "" }: { quest: Quest; left?: string }) {
  const { title } = quest;
  const [isOpen, setOpen] = useState(false);
  const [isJoyful, setJoyful] = useState(false);
  return (
    <Card
      size="2"
      className="quest"
      data-joy={isJoyful || undefined}
      data-state={quest.state}
      data-difficulty={quest.difficulty}
      render={<li aria-label={quest.title} />}
    >
      <div className="quest-head">
        <span className="quest-icon">
          <Icon name={ICONS[quest.target_type] ?? "scroll"} size={18} />
        </span>
        <div className="quest-words">
          <Text size="3" weight="semi-bold" render={<h3 />}>
            <button
              type="button"
              className="quest-open"
              aria-haspopup="dialog"
              onPointerEnter={preloadDetail}
              onClick={() => setOpen(true)}
            >
              {quest.title}
            </button>
          </Text>
          <Text size="2" color="gray" render={<p />}>
            {quest.description}
          </Text>
        </div>
      </div>
      <Meter
        label={t`Progress of ${title}`}
        value={quest.progress}
        goal={quest.target}
        size="2"
        color={quest.state === "assigned" ? undefined : "success"}
      />
      <div className="quest-foot">
        <Text size="1" color="gray" className="num">
          {standing(quest)}
          {left && ` · ${left}`}
        </Text>
        <span className="quest-reward num">{printXp(quest.reward_xp)}</span>
        {quest.can_reroll && <Swap quest={quest} />}
        <Claim quest={quest} onClaimed={() => setJoyful(true)} />
      </div>
      {isOpen && <QuestDetailModal quest={quest} onClose={() => setOpen(false)} />}
    </Card>
  );
}

/** Once a day a quest that was not begun gives way to another. */
function Swap({ quest }: { quest: Quest }) {
  const { title } = quest;
  const [swap, { isLoading }] = useRerollQuestMutation();
  const change = async () => {
    const answer = await swap(quest.id);
    if (answer.data) tell("info", t`Swapped for ${answer.data.title}`, t`You can swap one quest a day.`);
    else tell("error", t`${title} was not swapped`, asFailure(answer.error).message);
  };
  return (
    <Button
      size="2"
      variant="soft"
      color="gray"
      loading={isLoading}
      aria-label={t`Swap ${title} for another quest`}
      onClick={() => void change()}
    >
      <Icon name="repeat" />
      <Trans>Swap</Trans>
    </Button>
  );
}

/** The button stays where it is once pressed, so that the keyboard's focus is not thrown away. */
function Claim({ quest, onClaimed }: { quest: Quest; onClaimed: () => void }) {
  const { title } = quest;
  const [claim, { isLoading }] = useClaimQuestMutation();
  const take = async () => {
    const answer = await claim(quest.id);
    if (answer.data) {
      onClaimed();
      tell("success", t`${title} claimed`, printXp(answer.data.xp_awarded));
    } else if (!wasClaimedElsewhere(answer.error)) {
      tell("error", t`${title} was not claimed`, asFailure(answer.error).message);
    }
  };
  const claimed = quest.state === "claimed";
  if (!claimed && !isClaimable(quest)) return null;
  return (
    <Button
      size="2"
      variant={claimed ? "ghost" : "solid"}
      color="success"
      disabled={claimed || isLoading}
      focusableWhenDisabled
      aria-label={claimed ? t`${title} is claimed` : t`Claim ${title}`}
      onClick={() => void take()}
    >
      {claimed && <Icon name="check" />}
      {claimed ? t`Claimed` : t`Claim`}
    </Button>
  );
}
