// When a class may be chosen and changed, in words. Pure.
import { t } from "@lingui/core/macro";
import { CLASS_TITLES } from "@/components/emblem";
import { printDate, printDays, printSpan } from "@/lib/times";
import type { CharacterClass } from "@/lib/types";

const DAY_MS = 86_400_000;

interface Waiting {
  name: CharacterClass;
  /** When the next change opens; null or past means now. */
  changeAt: string | null;
  /** Undefined until the rules are there. */
  days: number | undefined;
}

/** What holds for the very first choice. */
export function firstTerms(days: number | undefined): string {
  if (days === undefined) return t`Pick one, it's free. You can switch later.`;
  const wait = printDays(days);
  return t`Pick one, it's free. You can switch again after ${wait}.`;
}

/** What holds for a member who has a class. */
export function changeTerms({ name, changeAt, days }: Waiting, now: number): string {
  const opens = changeAt === null ? 0 : Date.parse(changeAt);
  if (changeAt === null || opens <= now) {
    const kept = t`You keep your XP and everything you earned.`;
    if (days === undefined) return kept;
    const wait = printDays(days);
    return t`${kept} After a switch you stay with the new class for ${wait}.`;
  }
  const title = CLASS_TITLES[name];
  const day = printDate(changeAt);
  const left = printSpan(opens - now);
  const chosen = days === undefined ? "" : dateOf(opens - days * DAY_MS);
  if (chosen) return t`You chose ${title} on ${chosen}. You can switch on ${day}, in ${left}.`;
  return t`You are a ${title}. You can switch on ${day}, in ${left}.`;
}

/** What is asked before a choice is made. */
export function choiceTerms(isFirst: boolean, days: number | undefined, now: number): string {
  const kept = isFirst
    ? t`It counts from your next referral on.`
    : t`You keep your XP. It counts from your next referral on.`;
  if (days === undefined) return kept;
  const day = dateOf(now + days * DAY_MS);
  const wait = printDays(days);
  return t`${kept} You can switch again on ${day}, in ${wait}.`;
}

function dateOf(moment: number): string {
  return printDate(new Date(moment).toISOString());
}
