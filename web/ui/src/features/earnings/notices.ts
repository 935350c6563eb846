// Money that moved: renewals, refunds, disputes, and what was released.
import { plural, t } from "@lingui/core/macro";
import type { Tag } from "@/lib/api";
import { sumOf, sumOfMoney, type Fields, type Message, type NoticeKind } from "@/lib/notices";
import { printXp } from "@/lib/numbers";

const MOVED: Tag[] = ["Profile", "Receipts", "Quests", "Referrals", "Achievements", "Commissions"];

export const earningNotices: NoticeKind[] = [
  { type: "commission_changed", makesOld: MOVED, tell: changed },
  { type: "payout_changed", makesOld: ["Profile", "Receipts", "Commissions", "Payouts"], tell: paidOut },
];

/** Only the end of one is worth a message: what a member just did they know. */
function paidOut(heard: Fields[]): Message | null {
  const ended = heard.filter((fields) => fields.text("state") === "paid");
  const text = sumOfMoney(ended, "amount_minor");
  return text ? { tone: "success", title: t`Paid out`, text } : null;
}

function changed(heard: Fields[]): Message | null {
  const worth = heard.filter(
    (fields) => fields.count("amount_minor") !== 0 || fields.count("xp") !== 0 || isNamed(fields),
  );
  const first = worth[0];
  if (!first) return null;
  const xp = sumOf(worth, "xp");
  const text = [sumOfMoney(worth, "amount_minor"), xp === 0 ? "" : printXp(xp)].filter(Boolean).join(" · ");
  return { tone: toneOf(worth), title: titleOf(worth, first), text };
}

function titleOf(worth: Fields[], first: Fields): string {
  const isSame = worth.every((fields) => fields.text("reason") === first.text("reason"));
  if (!isSame) return plural(worth.length, { one: "# payment changed", other: "# payments changed" });
  const name = nameOf(first.text("reason"));
  return worth.length === 1 ? name : t`${worth.length} × ${name}`;
}

function toneOf(worth: Fields[]): Message["tone"] {
  const money = sumOf(worth, "amount_minor");
  if (money < 0 || sumOf(worth, "xp") < 0) return "warning";
  return money > 0 ? "success" : "info";
}

function isNamed(fields: Fields): boolean {
  return fields.text("reason") in names();
}

function nameOf(reason: string): string {
  return names()[reason] ?? t`Commission changed`;
}

function names(): Record<string, string> {
  return {
    renewal: t`Renewal`,
    refund: t`Refund`,
    dispute: t`Disputed payment`,
    dispute_won: t`Dispute won`,
    released: t`Ready to be paid out`,
    held: t`Commission on hold`,
    recomputed: t`Commission corrected`,
  };
}
