// One quest: what to do, how far, and the claim.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Card, Text } from "frosted-ui";
import { Icon, type IconName } from "@/components/icons";
import { Meter } from "@/components/meter";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import { printCount, printMoney, printXp } from "@/lib/numbers";
import type { Quest } from "@/lib/types";
import { useClaimQuestMutation, wasClaimedElsewhere } from "../api/claim-quest";
import { isClaimable } from "../quest-order";

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
};

export function QuestCard({ quest }: { quest: Quest }) {
  const { title } = quest;
  return (
    <Card
      size="2"
      className="quest"
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
            {quest.title}
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
          <Trans>
            {amount(quest, quest.progress)} of {amount(quest, quest.target)}
          </Trans>
        </Text>
        <span className="quest-reward num">{printXp(quest.reward_xp)}</span>
        <Claim quest={quest} />
      </div>
    </Card>
  );
}

/** The button stays where it is once pressed, so that the keyboard's focus is not thrown away. */
function Claim({ quest }: { quest: Quest }) {
  const { title } = quest;
  const [claim, { isLoading }] = useClaimQuestMutation();
  const take = async () => {
    const answer = await claim(quest.id);
    if (answer.data) tell("success", t`${title} claimed`, printXp(answer.data.xp_awarded));
    else if (!wasClaimedElsewhere(answer.error)) {
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

/** Targets of commission are US cents; all others are counts. */
function amount(quest: Quest, value: number): string {
  if (quest.target_type !== "commission") return printCount(value);
  return printMoney({ amount_minor: value, currency: "usd", exponent: 2 });
}
