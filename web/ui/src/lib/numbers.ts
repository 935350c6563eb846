// Printing counts, rates and money. Only whole numbers and strings: no amount ever becomes a float.
import type { Money } from "./types";
import { figureLocale } from "./words";

export function printCount(value: number): string {
  return counts().format(value);
}

/** "+272 XP" or "−81 XP", with a real minus sign. */
export function printXp(value: number): string {
  return `${sign(value < 0, true)}${printCount(Math.abs(value))} XP`;
}

/** Move the decimal point of a whole number `digits` to the left: (14500, 2) → "145", (12345, 2) → "123.45". */
export function shiftPoint(value: number, digits: number): string {
  const text = String(Math.abs(value)).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits);
  const fraction = text.slice(text.length - digits).replace(/0+$/, "");
  return `${sign(value < 0)}${whole}${fraction ? decimalPoint() + fraction : ""}`;
}

/** Basis points as a percentage: 1250 → "12.5 %". */
export function printRate(basisPoints: number): string {
  return `${shiftPoint(basisPoints, 2)}\u00a0%`;
}

/** A part of a whole as a percentage, to the tenth: (1, 3) → "33.3 %". */
export function printShare(part: number, whole: number): string {
  const tenths = (BigInt(part) * 2_000n + BigInt(whole)) / (BigInt(whole) * 2n);
  return `${shiftPoint(Number(tenths), 1)}\u00a0%`;
}

/** Basis points as a factor: 14500 → "×1.45". */
export function printFactor(basisPoints: number): string {
  return `×${shiftPoint(basisPoints, 4)}`;
}

export interface MoneyStyle {
  /** Write a plus sign before a gain. */
  signed?: boolean;
}

/** Print money exactly, with its currency's sign and all of its `exponent` decimals. */
export function printMoney(money: Money, style: MoneyStyle = {}): string {
  const amount = BigInt(money.amount_minor);
  const size = amount < 0n ? -amount : amount;
  const scale = 10n ** BigInt(money.exponent);
  const fraction = money.exponent === 0 ? "" : String(size % scale).padStart(money.exponent, "0");
  const text = withCurrency(size / scale, fraction, money.currency.toUpperCase());
  return `${sign(amount < 0n, Boolean(style.signed) && amount > 0n)}${text}`;
}

/** Intl groups the whole part and knows where the currency goes; the decimals are put in as text. */
function withCurrency(whole: bigint, fraction: string, currency: string): string {
  const tail = fraction ? decimalPoint() + fraction : "";
  try {
    const parts = currencies(currency).formatToParts(whole);
    const last = parts.findLastIndex((part) => part.type === "integer");
    return parts.map((part, at) => (at === last ? part.value + tail : part.value)).join("");
  } catch {
    // A currency Intl does not accept (a token, say) still has to be readable.
    return `${counts().format(whole)}${tail} ${currency}`;
  }
}

/** Building a format costs more than using it a hundred times: each is built once. */
const formats = new Map<string, Intl.NumberFormat>();

function formatFor(name: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${figureLocale()} ${name}`;
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.NumberFormat(figureLocale(), options)));
  return format;
}

function counts(): Intl.NumberFormat {
  return formatFor("", {});
}

function currencies(currency: string): Intl.NumberFormat {
  return formatFor(currency, { style: "currency", currency, minimumFractionDigits: 0, maximumFractionDigits: 0 });
}

function decimalPoint(): string {
  const part = counts()
    .formatToParts(1.5)
    .find(({ type }) => type === "decimal");
  return part?.value ?? ".";
}

function sign(negative: boolean, plus = false): string {
  if (negative) return "−";
  return plus ? "+" : "";
}
