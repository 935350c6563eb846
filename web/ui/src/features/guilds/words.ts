// What guilds are called, asked and told in words.
import { t } from "@lingui/core/macro";
import type { GuildAccess, GuildEntry, GuildQuest } from "@/lib/types";

export function roleName(role: string): string {
  if (role === "leader") return t`Leader`;
  return role === "officer" ? t`Officer` : t`Member`;
}

export function accessName(access: GuildAccess): string {
  return { open: t`Open to all`, request: t`Ask to join`, invite: t`Invite only` }[access];
}

export function accessHint(access: GuildAccess): string {
  return {
    open: t`Everybody may join at once.`,
    request: t`People ask, and you or your officers let them in.`,
    invite: t`Only who you or your officers invite gets in.`,
  }[access];
}

export function questTitle(template: string): string {
  return template === "muster" ? t`Muster` : t`Rumour`;
}

export function questText(template: GuildQuest["template"]): string {
  return template === "muster"
    ? t`Win referrals together this week.`
    : t`Bring visitors to your links together this week.`;
}

/** What became of the guild, in one line of its chat; empty for what shows elsewhere. */
export function changeText(entry: GuildEntry): string {
  const name = entry.username;
  const role = roleName(entry.about);
  const quest = questTitle(entry.about);
  const { progress, target } = entry;
  switch (entry.what) {
    case "joined":
      return t`${name} joined the guild.`;
    case "left":
      return t`${name} left the guild.`;
    case "removed":
      return t`${name} was removed from the guild.`;
    case "role":
      return t`${name} is now: ${role}.`;
    case "edited":
      return t`The guild's details were changed.`;
    case "disbanded":
      return t`The guild was disbanded.`;
    case "dealt":
      return t`A new quest for all of you: ${quest}.`;
    case "moved":
      return t`${quest}: ${progress} of ${target}.`;
    case "completed":
      return t`${quest} is complete. Well done!`;
    default:
      return "";
  }
}
