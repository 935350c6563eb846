// Finished quests and new ones.
import { plural, t } from "@lingui/core/macro";
import { sumOf, type Fields, type Message, type NoticeKind } from "@/lib/notices";
import { printCount } from "@/lib/numbers";

export const questNotices: NoticeKind[] = [
  { type: "quest_completed", makesOld: ["Quests"], tell: finished },
  { type: "quest_available", makesOld: ["Quests"], tell: dealt },
];

function finished(heard: Fields[]): Message {
  const names = heard.map((fields) => fields.text("title")).join(", ");
  const xp = printCount(sumOf(heard, "reward_xp"));
  const title = plural(heard.length, { one: `Quest finished: ${names}`, other: "# quests finished" });
  const waiting = t`${xp} XP wait to be claimed.`;
  return { tone: "success", title, text: heard.length === 1 ? waiting : `${names}. ${waiting}` };
}

function dealt(heard: Fields[]): Message {
  const windows = new Set(heard.map((fields) => fields.text("window")));
  return {
    tone: "info",
    title: t`New quests`,
    text: windows.size === 1 ? textFor([...windows][0]!) : t`They are on your list.`,
  };
}

function textFor(window: string): string {
  if (window === "daily") return t`Today's quests are here.`;
  if (window === "weekly") return t`This week's quests are here.`;
  if (window === "monthly") return t`This month's quests are here.`;
  return t`They are on your list.`;
}
