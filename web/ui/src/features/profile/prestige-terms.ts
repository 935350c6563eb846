// Whether a prestige is near, open or used up. Pure.
import type { Member, Rules } from "@/lib/types";

/** From this many levels below on it is shown what is coming. */
const IN_SIGHT = 10;

export type PrestigeState = "far" | "near" | "open" | "used_up";

export function prestigeState(member: Member, rules: Rules["prestige"]): PrestigeState {
  if (member.prestige_level >= rules.times) return "used_up";
  if (member.level >= rules.from_level) return "open";
  return member.level >= rules.from_level - IN_SIGHT ? "near" : "far";
}
