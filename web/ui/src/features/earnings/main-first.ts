// Which currency stands first. Pure.
import type { Balance } from "@/lib/types";

/** In the order of the member's profile, which knows the main currency; what it does not know comes last. */
export function mainFirst<Of extends Balance>(balances: readonly Of[], order: readonly Balance[]): Of[] {
  const places = new Map(order.map(({ currency }, at) => [currency, at]));
  const place = ({ currency }: Balance) => places.get(currency) ?? order.length;
  return [...balances].sort((a, b) => place(a) - place(b));
}
