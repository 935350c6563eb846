// What a kind of notice means to the page. Each feature registers its own; a kind nobody registered means nothing,
// so that the server may grow ahead of the page.
import type { Tag } from "./api";
import { printMoney } from "./numbers";
import type { Notice } from "./types";

export type Tone = "success" | "info" | "warning" | "error";

export interface Message {
  tone: Tone;
  title: string;
  text: string;
}

/** Something to be glad about for a moment; it never waits behind messages and is never summed up with them. */
export interface Moment {
  title: string;
  text: string;
}

export interface NoticeKind {
  type: string;
  /** Which cached answers it makes old. */
  makesOld: readonly Tag[];
  /** What to say about one or several of them at once; null when there is nothing to say. */
  tell?: (heard: Fields[]) => Message | null;
  /** The same for a kind that is celebrated instead. */
  celebrate?: (heard: Fields[]) => Moment;
}

export class Registry {
  private readonly kinds: ReadonlyMap<string, NoticeKind>;

  constructor(kinds: readonly NoticeKind[]) {
    this.kinds = new Map(kinds.map((kind) => [kind.type, kind]));
  }

  kindOf(type: string): NoticeKind | undefined {
    return this.kinds.get(type);
  }

  /** The cached answers that these notices make old, each once. */
  outdatedBy(notices: readonly Notice[]): Tag[] {
    return [...new Set(notices.flatMap(({ type }) => this.kinds.get(type)?.makesOld ?? []))];
  }

  messageFor(notices: readonly Notice[]): Message | null {
    const tell = this.kinds.get(notices[0]?.type ?? "")?.tell;
    return tell?.(notices.map(({ data }) => new Fields(data))) ?? null;
  }

  momentFor(notices: readonly Notice[]): Moment | null {
    const celebrate = this.kinds.get(notices[0]?.type ?? "")?.celebrate;
    return celebrate?.(notices.map(({ data }) => new Fields(data))) ?? null;
  }
}

/** Notices by type, in the order in which each type was first heard. */
export function byType(notices: readonly Notice[]): Map<string, Notice[]> {
  const groups = new Map<string, Notice[]>();
  for (const notice of notices) groups.set(notice.type, [...(groups.get(notice.type) ?? []), notice]);
  return groups;
}

/** Typed reading of a notice's loose fields; what is missing reads as nothing. */
export class Fields {
  constructor(private readonly data: Record<string, unknown>) {}

  text(name: string): string {
    const value = this.data[name];
    return typeof value === "string" ? value : "";
  }

  count(name: string): number {
    const value = this.data[name];
    return typeof value === "number" && Number.isSafeInteger(value) ? value : 0;
  }
}

/** The sum of an amount over several notices, currency by currency: "+$4.41 · +€3.00"; empty for nothing. */
export function sumOfMoney(heard: readonly Fields[], name: string, times: 1 | -1 = 1): string {
  const sums = new Map<string, { amount: number; exponent: number }>();
  for (const fields of heard) {
    const currency = fields.text("currency") || "usd";
    const before = sums.get(currency)?.amount ?? 0;
    sums.set(currency, { amount: before + fields.count(name) * times, exponent: fields.count("exponent") });
  }
  return [...sums]
    .filter(([, { amount }]) => amount !== 0)
    .map(([currency, { amount, exponent }]) =>
      printMoney({ amount_minor: amount, currency, exponent }, { signed: true }),
    )
    .join(" · ");
}

export function sumOf(heard: readonly Fields[], name: string): number {
  return heard.reduce((sum, fields) => sum + fields.count(name), 0);
}
