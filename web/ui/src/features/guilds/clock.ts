// When something was said, as one reads it beside a message.
import { serverNow } from "@/lib/clock";
import { dayLocale } from "@/lib/words";

/** The time of day, with its day where that is another: "18:05", "24 Nov, 18:05". */
export function printClock(at: string): string {
  const moment = new Date(at);
  const isToday = moment.toDateString() === new Date(serverNow()).toDateString();
  const day = isToday ? {} : ({ day: "numeric", month: "short" } as const);
  return moment.toLocaleString(dayLocale(), { ...day, hour: "numeric", minute: "2-digit" });
}
