// One quest: what to do, how far, and the claim.
import { Button, Card, Text, toast } from "frosted-ui";
import { Icon, type IconName } from "@/components/icons";
import { Meter } from "@/components/meter";
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
        label={`Progress of ${quest.title}`}
        value={quest.progress}
        goal={quest.target}
        size="2"
        color={quest.state === "assigned" ? undefined : "success"}
      />
      <div className="quest-foot">
        <Text size="1" color="gray" className="num">
          {amount(quest, quest.progress)} of {amount(quest, quest.target)}
        </Text>
        <span className="quest-reward num">{printXp(quest.reward_xp)}</span>
        <Claim quest={quest} />
      </div>
    </Card>
  );
}

/** The button stays where it is once pressed, so that the keyboard's focus is not thrown away. */
function Claim({ quest }: { quest: Quest }) {
  const [claim, { isLoading }] = useClaimQuestMutation();
  const take = async () => {
    const answer = await claim(quest.id);
    if (answer.data) toast.success(`${quest.title} claimed`, { description: printXp(answer.data.xp_awarded) });
    else if (!wasClaimedElsewhere(answer.error)) {
      toast.error(`${quest.title} was not claimed`, { description: asFailure(answer.error).message });
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
      aria-label={claimed ? `${quest.title} is claimed` : `Claim ${quest.title}`}
      onClick={() => void take()}
    >
      {claimed && <Icon name="check" />}
      {claimed ? "Claimed" : "Claim"}
    </Button>
  );
}

/** Targets of commission are US cents; all others are counts. */
function amount(quest: Quest, value: number): string {
  if (quest.target_type !== "commission") return printCount(value);
  return printMoney({ amount_minor: value, currency: "usd", exponent: 2 });
}
