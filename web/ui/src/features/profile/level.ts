// Reading a member's level bar out of the figures the API gives. Pure.
import { t } from "@lingui/core/macro";
import { printCount } from "@/lib/numbers";
import type { Member } from "@/lib/types";

export interface LevelBar {
  /** XP into the present level, and how many the level takes: what the bar shows and what is written beside it. */
  value: number;
  goal: number;
  toNext: number;
  /** XP taken back that have to be earned back before the bar moves again. */
  debt: number;
}

/**
 * `experience_points` never shows less than zero, `xp_to_next_level` counts from where the books
 * really stand: what lies between the two is the debt.
 */
export function levelBar(member: Member): LevelBar {
  const goal = Math.max(member.next_level_xp - member.level_xp, 1);
  const value = Math.min(Math.max(member.experience_points - member.level_xp, 0), goal);
  const toNext = Math.max(member.xp_to_next_level, 0);
  const debt = member.experience_points > 0 ? 0 : Math.max(toNext - member.next_level_xp, 0);
  return { value, goal, toNext, debt };
}

/** What is left to the next level, in words. */
export function wayToGo(bar: LevelBar, level: number): string {
  const next = level + 1;
  if (bar.debt === 0) {
    const left = printCount(bar.toNext);
    return t`${left} XP to level ${next}`;
  }
  const [debt, left] = [printCount(bar.debt), printCount(bar.toNext - bar.debt)];
  return t`A refund took ${debt} XP back. Earn those again, then ${left} XP to level ${next}.`;
}
