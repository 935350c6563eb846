// When a class may be chosen and changed, in words. Pure.
import { CLASS_TITLES } from "@/components/emblem";
import { printDate, printSpan } from "@/lib/times";
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
  return `Your first choice is free at any time. Each change after it opens ${waitOf(days)} after the last choice at the earliest.`;
}

/** What holds for a member who has a class. */
export function changeTerms({ name, changeAt, days }: Waiting, now: number): string {
  const opens = changeAt === null ? 0 : Date.parse(changeAt);
  if (changeAt === null || opens <= now) {
    return `Your XP stays, and payments before the change keep their figures. The change after it then opens ${waitOf(days)} later.`;
  }
  const since = days === undefined ? "" : ` on ${dateOf(opens - days * DAY_MS)}`;
  return `You chose ${CLASS_TITLES[name]}${since}. Your next change opens on ${printDate(changeAt)}, in ${printSpan(opens - now)}.`;
}

/** What is asked before a choice is made. */
export function choiceTerms(isFirst: boolean, days: number | undefined, now: number): string {
  const opens = days === undefined ? `${waitOf(days)} later` : `on ${dateOf(now + days * DAY_MS)}, in ${waitOf(days)}`;
  const first = isFirst ? "This first choice is free." : "Your XP stays.";
  return `${first} Payments before now keep their figures. Your next change opens ${opens}.`;
}

function waitOf(days: number | undefined): string {
  if (days === undefined) return "some time";
  return `${days} ${days === 1 ? "day" : "days"}`;
}

function dateOf(moment: number): string {
  return printDate(new Date(moment).toISOString());
}
