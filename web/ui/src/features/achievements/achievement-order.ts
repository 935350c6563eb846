// The order of the medals: newest unlocked first, then the locked ones by how near they are. Pure.
import type { Achievement } from "@/lib/types";

export function inOrder(achievements: Achievement[]): Achievement[] {
  return [...achievements].sort((a, b) => {
    if (a.unlocked_at && b.unlocked_at) return b.unlocked_at.localeCompare(a.unlocked_at);
    if (a.unlocked_at || b.unlocked_at) return a.unlocked_at ? -1 : 1;
    return nearness(b) - nearness(a) || a.reward_xp - b.reward_xp;
  });
}

/** The nearest ones that are still locked: what to go for now. */
export function nextOnes(achievements: Achievement[], count: number): Achievement[] {
  return inOrder(achievements.filter(({ is_next: isNext }) => isNext)).slice(0, count);
}

/** How far, in whole thousandths; enough to sort by. */
export function nearness(achievement: Achievement): number {
  const reached = Math.min(Math.max(achievement.progress, 0), achievement.threshold);
  return Math.floor((reached * 1000) / Math.max(achievement.threshold, 1));
}
