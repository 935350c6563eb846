// A receipt told as sums a member can follow. Pure; figures stay whole numbers.
import { printCount, printFactor, printMoney, printRate, printShare, printXp } from "@/lib/numbers";
import { printMoment } from "@/lib/times";
import type { InputValue, Receipt } from "@/lib/types";

/** One line of a sum. `result` lines stand below a rule. */
export interface Step {
  sign: "" | "+" | "−" | "×" | "=";
  label: string;
  value: string;
  result?: boolean;
}

export interface Sum {
  title: string;
  steps: Step[];
}

export interface Fact {
  label: string;
  value: string;
}

export interface Explanation {
  /** What the sums alone would not tell; null where they do. */
  note: string | null;
  sums: Sum[];
  facts: Fact[];
}

const PLAIN_BP = 10_000;

export function explain(receipt: Receipt): Explanation {
  const inputs = new Inputs(receipt);
  const facts = [...timeFacts(receipt), ...paymentFacts(receipt, inputs), ...ruleFacts(receipt)];
  if (receipt.kind !== "payment") return { note: null, sums: [rewardSum(receipt, inputs)], facts };
  if (receipt.inputs["credited"] === false) {
    return { note: "This payment belongs to another referral now. What it had given was taken back.", sums: [], facts };
  }
  const sums = [commissionSum(receipt, inputs), xpSum(receipt, inputs)];
  return { note: null, sums: sums.filter((sum) => sum !== null), facts };
}

function commissionSum(receipt: Receipt, inputs: Inputs): Sum | null {
  const base = inputs.money("base_minor");
  const commission = inputs.money("commission_minor");
  if (base === null || commission === null) return null;
  const steps: Step[] = [{ sign: "", label: "Paid without tax", value: base }];
  const rate = inputs.whole("rate_bp");
  if (rate !== null) steps.push({ sign: "×", label: "Commission rate", value: printRate(rate) });
  const share = inputs.whole("class_commission_bp") ?? PLAIN_BP;
  if (share !== PLAIN_BP) steps.push({ sign: "×", label: inputs.className(), value: printRate(share) });
  const cap = inputs.whole("cap_bp") ?? 0;
  const label = inputs.isCapped() ? `Commission, at most ${printRate(cap)} of the payment` : "Commission";
  steps.push({ sign: "=", label, value: commission, result: true });
  const left = { label: "commission_minor", kept: "kept_minor" };
  steps.push(...takenBack(inputs, left, (amount) => inputs.print(amount)));
  const booked = receipt.commission && printMoney(receipt.commission, { signed: true });
  return { title: "Commission", steps: [...steps, ...bookedHere(receipt, booked)] };
}

function xpSum(receipt: Receipt, inputs: Inputs): Sum | null {
  const points = inputs.whole("points");
  const awarded = inputs.whole("xp_awarded");
  if (points === null || awarded === null) return null;
  const steps = pointSteps(inputs, points);
  const multiplier = receipt.multiplier_bp ?? PLAIN_BP;
  if (multiplier !== PLAIN_BP) {
    if (steps.length > 1) steps.push({ sign: "=", label: "Points", value: printCount(points), result: true });
    steps.push(...multiplierSteps(inputs, multiplier));
  }
  const label = (BigInt(points) * BigInt(multiplier)) % 10_000n === 0n ? "XP" : "XP, rounded down";
  steps.push({ sign: "=", label, value: printXp(awarded), result: true });
  steps.push(...takenBack(inputs, { label: "xp_awarded", kept: "xp_kept" }, (xp) => `${printCount(xp)} XP`));
  return { title: "XP", steps: [...steps, ...bookedHere(receipt, printXp(receipt.xp))] };
}

function pointSteps(inputs: Inputs, points: number): Step[] {
  const flat = inputs.whole("flat_points");
  const dollars = inputs.whole("dollar_points");
  if (flat === null || dollars === null) return [{ sign: "", label: "Points", value: printCount(points) }];
  const first = inputs.text("kind") === "conversion" ? "For the new referral" : "For the first renewal that day";
  const each = inputs.whole("points_per_dollar") ?? 1;
  const parts: Omit<Step, "sign">[] = [];
  if (flat > 0) parts.push({ label: first, value: printCount(flat) });
  parts.push({ label: `${printCount(each)} for each whole US dollar`, value: printCount(dollars) });
  return parts.map((part, at) => ({ sign: at === 0 ? "" : "+", ...part }));
}

/** Class, ability and prestige add up to one multiplier; each is named where more than one does. */
function multiplierSteps(inputs: Inputs, multiplier: number): Step[] {
  const parts = [
    { name: inputs.className(), bp: inputs.whole("class_xp_bp") ?? 0 },
    { name: inputs.text("ability_name"), bp: inputs.whole("ability_bp") ?? 0 },
    { name: "Prestige", bp: inputs.whole("prestige_bp") ?? 0 },
  ].filter(({ bp }) => bp !== 0);
  const told = parts.map(({ name, bp }, at) => `${name} ${at === 0 ? "" : "+"}${printRate(bp)}`);
  const label = parts.length > 1 ? told.join(", ") : (parts[0]?.name ?? "Multiplier");
  return [{ sign: "×", label, value: printRate(multiplier) }];
}

function takenBack(inputs: Inputs, names: { label: string; kept: string }, print: (amount: number) => string): Step[] {
  const [had, kept, share] = [inputs.whole(names.label), inputs.whole(names.kept), inputs.share()];
  if (had === null || kept === null || share === null) return [];
  return [
    { sign: "−", label: `Taken back, ${share} of the payment`, value: print(had - kept) },
    { sign: "=", label: "Left to you", value: print(kept), result: true },
  ];
}

/** A later entry books only the difference to what an earlier one had booked. */
function bookedHere(receipt: Receipt, booked: string | null): Step[] {
  const isFirst = ["conversion", "renewal"].includes(receipt.reason);
  return isFirst || booked === null ? [] : [{ sign: "", label: "Changed by this entry", value: booked, result: true }];
}

/** Quests, achievements and lessons: a reward times what the member was. */
function rewardSum(receipt: Receipt, inputs: Inputs): Sum {
  const reward = inputs.whole("reward_xp") ?? inputs.whole("points");
  const multiplier = receipt.multiplier_bp ?? PLAIN_BP;
  const steps: Step[] = [];
  if (reward !== null) steps.push({ sign: "", label: "Reward", value: `${printCount(reward)} XP` });
  if (reward !== null && multiplier !== PLAIN_BP) {
    steps.push({ sign: "×", label: "Your class and prestige", value: printFactor(multiplier).slice(1) });
  }
  steps.push({ sign: reward === null ? "" : "=", label: "XP", value: printXp(receipt.xp), result: reward !== null });
  return { title: "XP", steps };
}

/** The list goes by when something was booked; a payment may have been made earlier. */
function timeFacts({ kind, at, posted_at }: Receipt): Fact[] {
  const happened = { label: kind === "payment" ? "Paid" : "Happened", value: printMoment(at) };
  const booked = { label: "Booked", value: printMoment(posted_at) };
  return happened.value === booked.value ? [booked] : [happened, booked];
}

function paymentFacts(receipt: Receipt, inputs: Inputs): Fact[] {
  if (receipt.kind !== "payment") return [];
  const facts: Fact[] = [{ label: "Class at that moment", value: inputs.className() }];
  const prestige = inputs.whole("prestige_level") ?? 0;
  if (prestige > 0) facts.push({ label: "Prestige at that moment", value: printCount(prestige) });
  const usd = inputs.whole("usd_base_cents");
  if (usd !== null && inputs.text("currency") !== "usd") {
    facts.push({
      label: "Paid, in US dollars",
      value: printMoney({ amount_minor: usd, currency: "usd", exponent: 2 }),
    });
  }
  if (receipt.payment_id) facts.push({ label: "Payment", value: receipt.payment_id });
  return facts;
}

function ruleFacts(receipt: Receipt): Fact[] {
  return [{ label: "Rule book", value: `version ${receipt.rule_version}` }];
}

/** Typed reading of a receipt's loose inputs; null for what is missing. */
class Inputs {
  private readonly values: Record<string, InputValue>;
  constructor(receipt: Receipt) {
    this.values = receipt.inputs;
  }

  whole(name: string): number | null {
    const value = this.values[name];
    return typeof value === "number" && Number.isSafeInteger(value) ? value : null;
  }

  text(name: string): string {
    const value = this.values[name];
    return typeof value === "string" ? value : "";
  }

  className(): string {
    const key = this.text("class");
    return this.text("class_title") || key.charAt(0).toUpperCase() + key.slice(1);
  }

  print(amount: number): string {
    return printMoney({ amount_minor: amount, currency: this.text("currency"), exponent: this.whole("exponent") ?? 0 });
  }

  money(name: string): string | null {
    const amount = this.whole(name);
    return amount === null || this.text("currency") === "" ? null : this.print(amount);
  }

  /** The part of the payment that was taken back, in words; null for nothing. */
  share(): string | null {
    const taken = this.values["taken"];
    if (!Array.isArray(taken)) return null;
    const [part, whole] = taken;
    return typeof part === "number" && typeof whole === "number" && part > 0 ? printShare(part, whole) : null;
  }

  /** True when the cap, and not the rates, gave the commission. */
  isCapped(): boolean {
    const [base, rate, share, cap] = ["base_minor", "rate_bp", "class_commission_bp", "cap_bp"].map((name) =>
      this.whole(name),
    );
    if (base == null || rate == null || share == null || cap == null) return false;
    return BigInt(rate) * BigInt(share) > BigInt(cap) * 10_000n && base > 0;
  }
}
