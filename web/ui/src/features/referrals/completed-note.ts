// Why two figures for a member's referrals may differ, in words. Pure.
import { printCount } from "@/lib/numbers";

/**
 * Everybody who paid is completed; quests, achievements and boards leave out payments below the
 * company's least amount. Null where both figures are the same, or the second is not known yet.
 */
export function completedNote(completed: number, counted: number | undefined): string | null {
  if (counted === undefined || counted >= completed) return null;
  const counting = counted === 0 ? "None" : printCount(counted);
  const verb = counted === 1 ? "counts" : "count";
  return `${counting} of the ${printCount(completed)} completed ${verb} for achievements: very small payments do not.`;
}
