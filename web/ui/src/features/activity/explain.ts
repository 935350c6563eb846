// A receipt told as sums a member can follow. Pure; figures stay whole numbers.
import { t } from "@lingui/core/macro";
import { printCount, printFactor, printMoney, printRate, printXp } from "@/lib/numbers";
import { printMoment } from "@/lib/times";
import type { Receipt } from "@/lib/types";
import { Inputs } from "./inputs";

/** One line of a sum. `result` lines stand below a rule. */
export interface Step {
  sign: "" | "+" | "−" | "×" | "=";
  label: string;
  value: string;
  result?: boolean;
}

export interface Sum {
  title: "Commission" | "XP";
  caption: string;
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
    const note = t`This payment belongs to another referral now. What it had given was taken back.`;
    return { note, sums: [], facts };
  }
  const sums = [commissionSum(receipt, inputs), xpSum(receipt, inputs)];
  return { note: null, sums: sums.filter((sum) => sum !== null), facts };
}

function commissionSum(receipt: Receipt, inputs: Inputs): Sum | null {
  const base = inputs.money("base_minor");
  const commission = inputs.money("commission_minor");
  if (base === null || commission === null) return null;
  const steps: Step[] = [{ sign: "", label: t`Paid without tax`, value: base }];
  const rate = inputs.whole("rate_bp");
  if (rate !== null) steps.push({ sign: "×", label: t`Commission rate`, value: printRate(rate) });
  const share = inputs.whole("class_commission_bp") ?? PLAIN_BP;
  if (share !== PLAIN_BP) steps.push({ sign: "×", label: inputs.className(), value: printRate(share) });
  const cap = printRate(inputs.whole("cap_bp") ?? 0);
  const label = inputs.isCapped() ? t`Commission, at most ${cap} of the payment` : t`Commission`;
  steps.push({ sign: "=", label, value: commission, result: true });
  const left = { label: "commission_minor", kept: "kept_minor" };
  steps.push(...takenBack(inputs, left, (amount) => inputs.print(amount)));
  const booked = receipt.commission && printMoney(receipt.commission, { signed: true });
  const caption = t`How the commission came about`;
  return { title: "Commission", caption, steps: [...steps, ...bookedHere(receipt, booked)] };
}

function xpSum(receipt: Receipt, inputs: Inputs): Sum | null {
  const points = inputs.whole("points");
  const awarded = inputs.whole("xp_awarded");
  if (points === null || awarded === null) return null;
  const steps = pointSteps(inputs, points);
  const multiplier = receipt.multiplier_bp ?? PLAIN_BP;
  if (multiplier !== PLAIN_BP) {
    if (steps.length > 1) steps.push({ sign: "=", label: t`Points`, value: printCount(points), result: true });
    steps.push(...multiplierSteps(inputs, multiplier));
  }
  const label = (BigInt(points) * BigInt(multiplier)) % 10_000n === 0n ? "XP" : t`XP, rounded down`;
  steps.push({ sign: "=", label, value: printXp(awarded), result: true });
  steps.push(...takenBack(inputs, { label: "xp_awarded", kept: "xp_kept" }, (xp) => `${printCount(xp)} XP`));
  return { title: "XP", caption: captionOfXp(), steps: [...steps, ...bookedHere(receipt, printXp(receipt.xp))] };
}

function pointSteps(inputs: Inputs, points: number): Step[] {
  const flat = inputs.whole("flat_points");
  const dollars = inputs.whole("dollar_points");
  if (flat === null || dollars === null) return [{ sign: "", label: t`Points`, value: printCount(points) }];
  const first = inputs.text("kind") === "conversion" ? t`For the new referral` : t`For the first renewal that day`;
  const each = printCount(inputs.whole("points_per_dollar") ?? 1);
  const parts: Omit<Step, "sign">[] = [];
  if (flat > 0) parts.push({ label: first, value: printCount(flat) });
  parts.push({ label: t`${each} for each whole US dollar`, value: printCount(dollars) });
  return parts.map((part, at) => ({ sign: at === 0 ? "" : "+", ...part }));
}

/** Class, ability and prestige add up to one multiplier; each is named where more than one does. */
function multiplierSteps(inputs: Inputs, multiplier: number): Step[] {
  const parts = [
    { name: inputs.className(), bp: inputs.whole("class_xp_bp") ?? 0 },
    { name: inputs.text("ability_name"), bp: inputs.whole("ability_bp") ?? 0 },
    { name: t`Prestige`, bp: inputs.whole("prestige_bp") ?? 0 },
  ].filter(({ bp }) => bp !== 0);
  const told = parts.map(({ name, bp }, at) => `${name} ${at === 0 ? "" : "+"}${printRate(bp)}`);
  const label = parts.length > 1 ? told.join(", ") : (parts[0]?.name ?? t`Multiplier`);
  return [{ sign: "×", label, value: printRate(multiplier) }];
}

function takenBack(inputs: Inputs, names: { label: string; kept: string }, print: (amount: number) => string): Step[] {
  const [had, kept, share] = [inputs.whole(names.label), inputs.whole(names.kept), inputs.share()];
  if (had === null || kept === null || share === null) return [];
  return [
    { sign: "−", label: t`Taken back, ${share} of the payment`, value: print(had - kept) },
    { sign: "=", label: t`Left to you`, value: print(kept), result: true },
  ];
}

/** A later entry books only the difference to what an earlier one had booked. */
function bookedHere(receipt: Receipt, booked: string | null): Step[] {
  const isFirst = ["conversion", "renewal"].includes(receipt.reason);
  return isFirst || booked === null ? [] : [{ sign: "", label: t`Changed by this entry`, value: booked, result: true }];
}

/** Quests, achievements and lessons: a reward times what the member was. */
function rewardSum(receipt: Receipt, inputs: Inputs): Sum {
  const reward = inputs.whole("reward_xp") ?? inputs.whole("points");
  const multiplier = receipt.multiplier_bp ?? PLAIN_BP;
  const steps: Step[] = [];
  if (reward !== null) steps.push({ sign: "", label: t`Reward`, value: `${printCount(reward)} XP` });
  if (reward !== null && multiplier !== PLAIN_BP) {
    steps.push({ sign: "×", label: t`Your class and prestige`, value: printFactor(multiplier).slice(1) });
  }
  steps.push({ sign: reward === null ? "" : "=", label: "XP", value: printXp(receipt.xp), result: reward !== null });
  return { title: "XP", caption: captionOfXp(), steps };
}

function captionOfXp(): string {
  return t`How the XP came about`;
}

/** The list goes by when something was booked; a payment may have been made earlier. */
function timeFacts({ kind, at, posted_at }: Receipt): Fact[] {
  const happened = { label: kind === "payment" ? t`Paid` : t`Happened`, value: printMoment(at) };
  const booked = { label: t`Booked`, value: printMoment(posted_at) };
  return happened.value === booked.value ? [booked] : [happened, booked];
}

function paymentFacts(receipt: Receipt, inputs: Inputs): Fact[] {
  if (receipt.kind !== "payment") return [];
  const facts: Fact[] = [{ label: t`Class at that moment`, value: inputs.className() }];
  const prestige = inputs.whole("prestige_level") ?? 0;
  if (prestige > 0) facts.push({ label: t`Prestige at that moment`, value: printCount(prestige) });
  const usd = inputs.whole("usd_base_cents");
  if (usd !== null && inputs.text("currency") !== "usd") {
    facts.push({
      label: t`Paid, in US dollars`,
      value: printMoney({ amount_minor: usd, currency: "usd", exponent: 2 }),
    });
  }
  if (receipt.payment_id) facts.push({ label: t`Payment`, value: receipt.payment_id });
  return facts;
}

function ruleFacts(receipt: Receipt): Fact[] {
  const version = receipt.rule_version;
  return [{ label: t`Rule book`, value: t`version ${version}` }];
}
