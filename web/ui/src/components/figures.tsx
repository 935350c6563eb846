// Money, XP, counts and moments as every part of the page shows them.
import { printAgo, printDate, printDay, printDayOf, printMoment } from "@/lib/times";
import { printCount, printMoney, printXp } from "@/lib/numbers";
import type { Money as MoneyValue } from "@/lib/types";
import { useNow } from "./use-now";

interface SignedProps {
  /** Write a plus sign before a gain. */
  signed?: boolean;
}

export function Money({ value, signed = false }: SignedProps & { value: MoneyValue }) {
  return <span className="num">{printMoney(value, { signed })}</span>;
}

export function Xp({ value }: { value: number }) {
  return <span className="num">{printXp(value)}</span>;
}

export function Count({ value }: { value: number }) {
  return <span className="num">{printCount(value)}</span>;
}

/** "4 min ago", going on by itself. */
export function Ago({ at }: { at: string }) {
  const now = useNow(20_000);
  return <time dateTime={at}>{printAgo(at, now)}</time>;
}

export function DateOf({ at }: { at: string }) {
  return <time dateTime={at}>{printDate(at)}</time>;
}

/** "28 Dec": the day on which something comes. */
export function DayOf({ at }: { at: string }) {
  const now = useNow(3_600_000);
  return <time dateTime={at}>{printDayOf(at, now)}</time>;
}

export function MomentOf({ at }: { at: string }) {
  return <time dateTime={at}>{printMoment(at)}</time>;
}

/** A day of the calendar, the same day in every time zone. */
export function Day({ day }: { day: string }) {
  const now = useNow(3_600_000);
  return <time dateTime={day}>{printDay(day, now)}</time>;
}
