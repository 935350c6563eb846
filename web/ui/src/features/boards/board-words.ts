// How boards, their figures and leagues are called.
import { msg, plural, t } from "@lingui/core/macro";
import type { MessageDescriptor } from "@lingui/core";
import { printCount, printMoney } from "@/lib/numbers";
import type { BoardCategory, Place } from "@/lib/types";

export const CATEGORY_NAMES: Record<BoardCategory, MessageDescriptor> = {
  xp: msg`XP`,
  referrals: msg`Referrals`,
  commission: msg`Earned`,
  level: msg`Level`,
};

export const TIER_NAMES: Record<string, MessageDescriptor> = {
  bronze: msg`Bronze`,
  silver: msg`Silver`,
  gold: msg`Gold`,
  platinum: msg`Platinum`,
  diamond: msg`Diamond`,
};

/** "1,240 XP", "12 referrals", "$88.20", "Level 7". */
export function printValue(category: BoardCategory, value: number): string {
  if (category === "commission") return printMoney({ amount_minor: value, currency: "usd", exponent: 2 });
  if (category === "referrals") return plural(value, { one: "# referral", other: "# referrals" });
  if (category === "level") return t`Level ${value}`;
  return `${printCount(value)} XP`;
}

/** A difference of that category: "+120 XP"; of levels "2 levels". */
export function printDifference(category: BoardCategory, value: number): string {
  if (category === "level") return plural(value, { one: "# level", other: "# levels" });
  return printValue(category, value);
}

export function nameOf(place: Place): string {
  if (place.is_me) return t`You`;
  if (place.anonymous) return t`Anonymous member`;
  return place.username || t`A member`;
}
