// Why two figures for a member's referrals may differ, in words. Pure.
import { plural, t } from "@lingui/core/macro";
import { printCount } from "@/lib/numbers";

/**
 * Everybody who paid is completed; quests, achievements and boards leave out payments below the
 * company's least amount. Null where both figures are the same, or the second is not known yet.
 */
export function completedNote(completed: number, counted: number | undefined): string | null {
  if (counted === undefined || counted >= completed) return null;
  const all = printCount(completed);
  if (counted === 0) return t`None of the ${all} completed count for achievements: very small payments do not.`;
  return plural(counted, {
    one: `# of the ${all} completed counts for achievements: very small payments do not.`,
    other: `# of the ${all} completed count for achievements: very small payments do not.`,
  });
}
