// What is best done next, from what the member's figures say. Pure; the first that fits is shown.
import type { Member, Quest } from "@/lib/types";

export type NextStep =
  { kind: "claim"; quest: Quest } | { kind: "streak" } | { kind: "quest"; quest: Quest } | { kind: "sale" };

/** A reward that waits comes first; then a streak that ends tonight; then the quest that is nearest to its end. */
export function nextStep(member: Member, quests: readonly Quest[] | undefined): NextStep {
  const claimable = quests?.find(({ state }) => state === "completed");
  if (claimable) return { kind: "claim", quest: claimable };
  if (member.streak.ends_at !== null) return { kind: "streak" };
  const begun = (quests ?? []).filter(({ state, progress }) => state === "assigned" && progress > 0);
  const nearest = begun.sort((a, b) => b.progress / b.target - a.progress / a.target)[0];
  return nearest ? { kind: "quest", quest: nearest } : { kind: "sale" };
}
