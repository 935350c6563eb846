// Turning a receipt's inputs into lines a member can follow. Pure; figures stay whole numbers.
import { printCount, printFactor, printMoney, printRate, printXp } from "@/lib/numbers";
import { printMoment } from "@/lib/times";
import type { InputValue, Receipt } from "@/lib/types";

export interface Line {
  label: string;
  value: string;
}

/** The sentences first (how the XP and the commission came about), then every input by name. */
export function explain(receipt: Receipt): { sentences: string[]; lines: Line[] } {
  return { sentences: [xpSentence(receipt), commissionSentence(receipt)].filter((text) => text !== null), lines: linesOf(receipt) };
}

function xpSentence(receipt: Receipt): string | null {
  const points = whole(receipt.inputs["points"]);
  if (points === null || receipt.multiplier_bp === null || isTakeBack(receipt)) return null;
  return `${printCount(points)} points ${printFactor(receipt.multiplier_bp)} = ${printXp(receipt.xp)}, rounded down.`;
}

function commissionSentence(receipt: Receipt): string | null {
  const base = whole(receipt.inputs["base_minor"]);
  const rate = whole(receipt.inputs["rate_bp"]);
  const money = receipt.commission;
  if (base === null || rate === null || money === null || isTakeBack(receipt)) return null;
  const factor = whole(receipt.inputs["class_commission_bp"]);
  const times = factor === null ? "" : ` ${printFactor(factor)} for your class`;
  return `${printMoney({ ...money, amount_minor: base })} paid without tax × ${printRate(rate)}${times} = ${printMoney(money)}.`;
}

/** What was taken back or given back is a difference: the formula's result is not the figure shown. */
function isTakeBack(receipt: Receipt): boolean {
  return !["conversion", "renewal"].includes(receipt.reason) && receipt.kind === "payment";
}

function linesOf(receipt: Receipt): Line[] {
  const lines = Object.entries(receipt.inputs).flatMap(([name, value]) => flatten(name, value, receipt));
  if (receipt.class) lines.unshift({ label: "Class at that moment", value: capital(receipt.class) });
  if (receipt.payment_id) lines.push({ label: "Payment", value: receipt.payment_id });
  lines.push({ label: "Rule book", value: `version ${receipt.rule_version}` });
  return lines;
}

function flatten(name: string, value: InputValue, receipt: Receipt): Line[] {
  if (value === null || value === "") return [];
  if (Array.isArray(value)) return [{ label: labelOf(name), value: value.map(String).join(", ") }];
  if (typeof value === "object") {
    return Object.entries(value).flatMap(([inner, entry]) => flatten(`${name} ${inner}`, entry, receipt));
  }
  return [{ label: labelOf(name), value: printInput(name, value, receipt) }];
}

/** The unit stands in the name: `_minor` is money, `_bp` a rate, `_cents` US cents, `_at` a moment. */
function printInput(name: string, value: string | number | boolean, receipt: Receipt): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return name.endsWith("_at") || name === "at" ? printMoment(value) : value;
  if (!Number.isSafeInteger(value)) return String(value);
  if (name.endsWith("_bp")) return printRate(value);
  if (name.endsWith("_cents")) return printMoney({ amount_minor: value, currency: "usd", exponent: 2 });
  if (name.endsWith("_minor") && receipt.commission) return printMoney({ ...receipt.commission, amount_minor: value });
  return printCount(value);
}

const LABELS: Record<string, string> = {
  base_minor: "Paid without tax",
  rate_bp: "Commission rate",
  cap_bp: "Commission at most",
  class_commission_bp: "Class commission",
  usd_base_cents: "Paid, in US dollars",
  reward_xp: "Reward",
};

function labelOf(name: string): string {
  const bare = name.replace(/_(minor|bp|cents|at)$/, "").replaceAll("_", " ");
  return LABELS[name] ?? capital(bare).replace(/\b(xp|usd)\b/gi, (word) => word.toUpperCase());
}

function whole(value: InputValue | undefined): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : null;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
