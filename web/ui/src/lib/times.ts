// Printing moments for people: "4 min ago", "5 h 12 min left", "24 Nov 2026, 18:05".
import { plural, t } from "@lingui/core/macro";
import { dayLocale } from "./words";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago, in the largest unit that fits; after a week the date itself. */
export function printAgo(at: string, now: number): string {
  const passed = now - Date.parse(at);
  const minutes = Math.floor(passed / MINUTE);
  const hours = Math.floor(passed / HOUR);
  if (passed < MINUTE) return t`just now`;
  if (passed < HOUR) return t`${minutes} min ago`;
  if (passed < DAY) return t`${hours} h ago`;
  if (passed < 7 * DAY) return plural(Math.floor(passed / DAY), { one: "# day ago", other: "# days ago" });
  return printDate(at);
}

/** What is left until `at`; "ended" once it has passed. */
export function printLeft(at: string, now: number): string {
  if (Date.parse(at) <= now) return t`ended`;
  const span = printSpan(Date.parse(at) - now);
  return t`${span} left`;
}

/** A length of time in two units at most, never more than it is. */
export function printSpan(length: number): string {
  const minutes = Math.floor(length / MINUTE);
  if (minutes < 1) return t`less than a minute`;
  const parts =
    length < DAY
      ? [hours(minutes / 60), rest(minutes % 60)]
      : [printDays(Math.floor(length / DAY)), hours((length % DAY) / HOUR)];
  return parts.filter(Boolean).join(" ");
}

export function printDays(count: number): string {
  return plural(count, { one: "# day", other: "# days" });
}

export function printDate(at: string): string {
  return new Date(at).toLocaleDateString(dayLocale(), { day: "numeric", month: "short", year: "numeric" });
}

/** The day of a moment where the reader is; its year only where it is another: "28 Dec". */
export function printDayOf(at: string, now: number): string {
  const moment = new Date(at);
  const year = moment.getFullYear() === new Date(now).getFullYear() ? undefined : "numeric";
  return moment.toLocaleDateString(dayLocale(), { day: "numeric", month: "short", year });
}

/** A day of the calendar ("2026-12-28"), which is the same day everywhere; its year only where it is another. */
export function printDay(day: string, now: number): string {
  const year = day.startsWith(String(new Date(now).getUTCFullYear())) ? undefined : "numeric";
  const at = new Date(`${day}T00:00:00Z`);
  return at.toLocaleDateString(dayLocale(), { day: "numeric", month: "short", year, timeZone: "UTC" });
}

export function printMoment(at: string): string {
  return new Date(at).toLocaleString(dayLocale(), { dateStyle: "medium", timeStyle: "short" });
}

/** Empty for nothing of it. */
function hours(length: number): string {
  const count = Math.floor(length);
  return count < 1 ? "" : t`${count} h`;
}

function rest(minutes: number): string {
  return minutes < 1 ? "" : t`${minutes} min`;
}
