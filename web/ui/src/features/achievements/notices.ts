// Unlocked achievements, each by its name however many come together.
import { plural, t } from "@lingui/core/macro";
import { sumOf, type Fields, type Message, type NoticeKind } from "@/lib/notices";
import { printXp } from "@/lib/numbers";

export const achievementNotices: NoticeKind[] = [
  { type: "achievement_unlocked", makesOld: ["Achievements", "Profile", "Receipts"], tell: unlocked },
];

function unlocked(heard: Fields[]): Message {
  const names = heard.map((fields) => fields.text("title")).join(", ");
  const xp = printXp(sumOf(heard, "reward_xp"));
  const title = plural(heard.length, { one: `Unlocked: ${names}`, other: "# achievements unlocked" });
  return { tone: "success", title, text: heard.length === 1 ? t`Achievement · ${xp}` : `${names} · ${xp}` };
}
