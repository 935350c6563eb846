// How many notices are unread: numbers have no holes, so a difference says it. Pure.
import { printCount } from "@/lib/numbers";
import type { NoticeHistory } from "@/lib/types";

/** More than this many are not told apart in a badge. */
const MOST_SHOWN = 99;

export function unreadOf(history: NoticeHistory | undefined): number {
  return history ? Math.max(history.last_id - history.read_up_to, 0) : 0;
}

export function printUnread(count: number): string {
  return count > MOST_SHOWN ? `${MOST_SHOWN}+` : printCount(count);
}
