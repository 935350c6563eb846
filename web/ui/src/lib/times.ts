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

/** What is left until `at`, in two units at most; "ended" once it has passed. */
export function printLeft(at: string, now: number): string {
  const left = Date.parse(at) - now;
  if (left <= 0) return "ended";
  if (left < MINUTE) return "less than a minute left";
  if (left < HOUR) return `${Math.floor(left / MINUTE)} min left`;
  if (left < DAY) return `${Math.floor(left / HOUR)} h ${Math.floor((left % HOUR) / MINUTE)} min left`;
  return plural(Math.ceil(left / DAY), "day", " left");
}

export function printDate(at: string): string {
  return new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
}

export function printMoment(at: string): string {
  return new Date(at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}

function plural(count: number, unit: string, tail: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"}${tail}`;
}
