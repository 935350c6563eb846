// Which quests stand where. Pure.
import type { Quest, QuestWindow } from "@/lib/types";

const SLOTS = ["effort", "reach", "result", "weekly_1", "weekly_2", "monthly"];

/** The quests of one window in their fixed places, so that a claim moves nothing under the finger. */
export function questsOf(quests: Quest[], window: QuestWindow): Quest[] {
  return quests
    .filter((quest) => quest.window === window)
    .sort((a, b) => a.starts_at.localeCompare(b.starts_at) || place(a) - place(b));
}

/** True when the quest is finished and its reward waits. */
export function isClaimable(quest: Quest): boolean {
  return quest.state === "completed";
}

function place(quest: Quest): number {
  const at = SLOTS.indexOf(quest.slot);
  return at < 0 ? SLOTS.length : at;
}
