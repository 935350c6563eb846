// The medal of an achievement: its metal is the rarity, its sign the metric. Decorative.
import { Icon, type IconName } from "@/components/icons";
import type { Achievement } from "@/lib/types";

const SIGNS: Record<string, IconName> = {
  conversions: "person",
  earned_usd: "coin",
  commission: "coin",
  level: "bolt",
  quests: "scroll",
  streak: "flame",
  prestige: "star",
  guild: "people",
  class: "shield",
  board: "trophy",
};

export function Medal({ achievement }: { achievement: Achievement }) {
  return (
    <span className="medal" data-rarity={achievement.rarity} data-locked={!achievement.unlocked_at || undefined}>
      <svg viewBox="0 0 64 64" aria-hidden="true">
        <path className="medal-rim" d="M32 2 56 14v24L32 62 8 38V14Z" />
        <path className="medal-face" d="M32 8 50.5 17.2v18.3L32 54 13.5 35.5V17.2Z" />
        <path className="medal-gloss" d="M32 8 50.5 17.2v8c-11-5-26-5-37 0v-8Z" />
      </svg>
      <Icon name={achievement.unlocked_at ? signOf(achievement.metric) : "lock"} size={20} />
    </span>
  );
}

/** Metrics of the same family (`quests_claimed`, `guild_joined`) share a sign. */
function signOf(metric: string): IconName {
  const family = Object.keys(SIGNS).find((name) => metric.includes(name));
  return family ? SIGNS[family]! : "trophy";
}
