// Printing moments for people: "4 min ago", "5 h 12 min left", "24 Nov 2026, 18:05".

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago, in the largest unit that fits; after a week the date itself. */
export function printAgo(at: string, now: number): string {
  const passed = now - Date.parse(at);
  if (passed < MINUTE) return "just now";
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min ago`;
  if (passed < DAY) return `${Math.floor(passed / HOUR)} h ago`;
  if (passed < 7 * DAY) return plural(Math.floor(passed / DAY), "day", " ago");
  return printDate(at);
}

/** What is left until `at`; "ended" once it has passed. */
export function printLeft(at: string, now: number): string {
  return Date.parse(at) <= now ? "ended" : `${printSpan(Date.parse(at) - now)} left`;
}

/** A length of time in two units at most, never more than it is. */
export function printSpan(length: number): string {
  const minutes = Math.floor(length / MINUTE);
  if (minutes < 1) return "less than a minute";
  const parts =
    length < DAY
      ? [part(minutes / 60, " h"), part(minutes % 60, " min")]
      : [plural(Math.floor(length / DAY), "day", ""), part((length % DAY) / HOUR, " h")];
  return parts.filter(Boolean).join(" ");
}

export function printDate(at: string): string {
  return new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
}

export function printMoment(at: string): string {
  return new Date(at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}

/** Empty for nothing of it. */
function part(count: number, unit: string): string {
  return count < 1 ? "" : `${Math.floor(count)}${unit}`;
}

function plural(count: number, unit: string, tail: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"}${tail}`;
}
