// How wide each part of a balance's bar is. Pure; widths only, never amounts.
import type { Balance } from "@/lib/types";

export const BAR_PARTS = ["paid", "payable", "pending", "held"] as const;
export type BarPart = (typeof BAR_PARTS)[number];

/** Percentages of the positive parts, in whole percents rounded down; parts without money are left out. */
export function shares(balance: Balance): { part: BarPart; percent: number }[] {
  const amounts = BAR_PARTS.map((part) => ({ part, amount: BigInt(Math.max(balance[`${part}_minor`], 0)) }));
  const total = amounts.reduce((sum, { amount }) => sum + amount, 0n);
  if (total === 0n) return [];
  return amounts
    .filter(({ amount }) => amount > 0n)
    .map(({ part, amount }) => ({ part, percent: Math.max(Number((amount * 100n) / total), 1) }));
}
