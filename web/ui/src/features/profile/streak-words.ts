// A streak in words: how long it is, and whether today is needed. Pure.
import { plural, t } from "@lingui/core/macro";
import { printSpan } from "@/lib/times";
import type { Streak } from "@/lib/types";

export type StreakMood = "none" | "done" | "safe" | "ending";

/** `safe`: today may stay without anything; `ending`: it ends tonight unless something counts. */
export function moodOf({ days, is_done, ends_at }: Streak): StreakMood {
  if (days === 0) return "none";
  if (is_done) return "done";
  return ends_at === null ? "safe" : "ending";
}

export function streakTitle({ days }: Streak): string {
  if (days === 0) return t`No streak yet`;
  return plural(days, { one: "# day in a row", other: "# days in a row" });
}

/** What to do today, in one or two sentences. */
export function streakText(streak: Streak, now: number): string {
  switch (moodOf(streak)) {
    case "none":
      return t`Win a referral or claim a quest today, and a streak begins.`;
    case "done":
      return t`Today counts. Come back tomorrow.`;
    case "safe":
      return t`Today is not done yet. If you miss it, this week's free day saves your streak.`;
    case "ending": {
      const left = printSpan(Math.max(Date.parse(streak.ends_at ?? "") - now, 0));
      return t`Win a referral or claim a quest, or the streak ends in ${left}.`;
    }
  }
}

export function freezeText({ has_freeze, days }: Streak): string {
  if (days === 0) return t`Each week one day may stay empty.`;
  return has_freeze ? t`Free day of this week: still there.` : t`Free day of this week: used.`;
}
