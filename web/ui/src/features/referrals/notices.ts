// Referrals that came about, and those that were taken back.
import { plural, t } from "@lingui/core/macro";
import type { Tag } from "@/lib/api";
import { sumOf, sumOfMoney, type Fields, type Message, type NoticeKind } from "@/lib/notices";
import { printXp } from "@/lib/numbers";

const MOVED: Tag[] = ["Profile", "Receipts", "Quests", "Referrals", "Achievements", "Commissions"];

export const referralNotices: NoticeKind[] = [
  { type: "referral_completed", makesOld: MOVED, tell: completed },
  { type: "referral_reversed", makesOld: MOVED, tell: reversed },
];

function completed(heard: Fields[]): Message {
  const buyer = heard[0]?.text("buyer_username");
  const one = buyer ? t`${buyer} joined through you` : t`New referral`;
  const many = plural(heard.length, { one: "# new referral", other: "# new referrals" });
  return { tone: "success", title: heard.length === 1 ? one : many, text: gains(heard, 1) };
}

function reversed(heard: Fields[]): Message {
  const title = plural(heard.length, { one: "Referral taken back", other: "# referrals taken back" });
  return { tone: "warning", title, text: gains(heard, -1) };
}

function gains(heard: Fields[], times: 1 | -1): string {
  return [sumOfMoney(heard, "commission_minor", times), printXp(times * sumOf(heard, "xp"))]
    .filter(Boolean)
    .join(" · ");
}
