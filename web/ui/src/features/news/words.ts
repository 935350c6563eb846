// A notice as a line of the list: the same words that popped up when it came. Pure.
import { t } from "@lingui/core/macro";
import type { IconName } from "@/components/icons";
import type { Registry } from "@/lib/notices";
import type { Notice } from "@/lib/types";

const ICONS: Record<string, IconName> = {
  quest_available: "scroll",
  quest_completed: "scroll",
  level_up: "bolt",
  achievement_unlocked: "trophy",
  referral_completed: "person",
  referral_reversed: "undo",
  commission_changed: "coin",
  leaderboard_updated: "chart",
  guild_message: "people",
  guild_changed: "people",
  system_notification: "megaphone",
};

export function wordsOf(notice: Notice, registry: Registry): { icon: IconName; title: string; text: string } {
  const told = registry.messageFor([notice]) ?? registry.momentFor([notice]);
  return {
    icon: ICONS[notice.type] ?? "star",
    title: told?.title ?? t`News`,
    text: told?.text ?? "",
  };
}
