// Which quests stand where. Pure.
import { t } from "@lingui/core/macro";
import { printCount, printMoney } from "@/lib/numbers";
import type { Quest, QuestWindow } from "@/lib/types";

const SLOTS = ["effort", "reach", "result", "weekly_1", "weekly_2", "monthly"];

/** The quests of one window in their fixed places, so that a claim moves nothing under the finger. */
export function questsOf(quests: Quest[], window: QuestWindow): Quest[] {
  return quests
    .filter((quest) => quest.window === window)
    .sort((a, b) => a.starts_at.localeCompare(b.starts_at) || place(a) - place(b));
}

/** How much of a quest is done, in its own unit: of several things it is a percentage. */
export function amount({ target_type: type }: Pick<Quest, "target_type">, value: number): string {
  if (type === "requirement") return `${printCount(value)} %`;
  if (type !== "commission") return printCount(value);
  // Targets of commission are US cents; all others are counts.
  return printMoney({ amount_minor: value, currency: "usd", exponent: 2 }).replace(/\.00$/, "");
}

/** "3 of 5"; of several things one percentage says it all. */
export function standing(quest: Quest): string {
  const reached = amount(quest, quest.progress);
  const goal = amount(quest, quest.target);
  return quest.target_type === "requirement" ? reached : t`${reached} of ${goal}`;
}

/** True when the quest is finished and its reward waits. */
export function isClaimable(quest: Quest): boolean {
  return quest.state === "completed";
}

function place(quest: Quest): number {
  const at = SLOTS.indexOf(quest.slot);
  return at < 0 ? SLOTS.length : at;
}
