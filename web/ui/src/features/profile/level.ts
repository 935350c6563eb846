// Reading a member's level bar out of the figures the API gives. Pure.
import type { Member } from "@/lib/types";

/** The id of the page's first heading. */
export const LEVEL_HEADING = "your-level";

export interface LevelBar {
  /** XP into the present level, and how many the level takes. */
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
