// What a member hears of guilds wherever they are in the app.
import { t } from "@lingui/core/macro";
import type { Fields, Message, NoticeKind } from "@/lib/notices";

export const guildNotices: NoticeKind[] = [
  { type: "guild_changed", makesOld: ["Guilds", "Profile", "Receipts"], tell: changed },
];

/** The newest of several says it: they are rare, and the guild's screen shows all of it. */
function changed(heard: Fields[]): Message | null {
  const last = heard.at(-1);
  if (!last) return null;
  const guild = last.text("guild");
  const about = last.text("about");
  const text = textFor(last.text("what"), about);
  return text ? { tone: toneFor(last.text("what")), title: guild, text } : null;
}

function toneFor(what: string): Message["tone"] {
  if (what === "accepted" || what === "quest_completed") return "success";
  return what === "removed" || what === "disbanded" || what === "reported" ? "warning" : "info";
}

function textFor(what: string, about: string): string {
  switch (what) {
    case "invited":
      return t`You are invited. Open Guild to join.`;
    case "requested":
      return t`${about} would like to join.`;
    case "accepted":
      return t`You are in!`;
    case "declined":
      return t`They did not let you in this time.`;
    case "removed":
      return t`You are no longer in this guild.`;
    case "disbanded":
      return t`The guild was disbanded.`;
    case "reported":
      return t`A message was reported. Please look at it.`;
    case "quest_completed":
      return t`Your guild finished its quest. Your XP is there.`;
    case "role":
      return roleText(about);
    default:
      return "";
  }
}

function roleText(role: string): string {
  if (role === "leader") return t`You lead the guild now.`;
  return role === "officer" ? t`You are an officer now.` : t`You are a member now.`;
}
