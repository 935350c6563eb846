// What a creator can change, in groups, each number with what it means in plain words.
import { t } from "@lingui/core/macro";
import type { RulesDocument } from "@/lib/types";
import { figureAt, type Kind, type Path } from "./figures";

export interface Figure {
  path: Path;
  kind: Kind;
  name: string;
  hint?: string;
}

export interface Group {
  key: string;
  title: string;
  text: string;
  figures: Figure[];
}

export function groupsOf(document: RulesDocument): Group[] {
  return [commission(), sales(), ...classes(document), progress(), ...quests(document), guilds()].map((group) => ({
    ...group,
    figures: group.figures.filter(({ path }) => figureAt(document, path) !== null),
  }));
}

function commission(): Group {
  const at = (key: string): Path => ["commission", key];
  return {
    key: "commission",
    title: t`Commission`,
    text: t`What a member earns of each payment their buyers make.`,
    figures: [
      { path: at("rate_bp"), kind: "percent", name: t`Share (%)`, hint: t`of the price after discounts, without tax` },
      { path: at("cap_bp"), kind: "percent", name: t`At most (%)`, hint: t`whatever class and bonuses add` },
      {
        path: at("hold_days"),
        kind: "count",
        name: t`Days it waits`,
        hint: t`so that a refund comes before the payout`,
      },
      {
        path: at("min_payout_usd_cents"),
        kind: "dollars",
        name: t`Smallest payout ($)`,
        hint: t`members can ask for a payout from here on`,
      },
    ],
  };
}

function sales(): Group {
  const at = (...path: string[]): Path => ["xp", ...path];
  return {
    key: "xp",
    title: t`XP`,
    text: t`What moves a member up. Everything is multiplied by the member's class.`,
    figures: [
      { path: at("conversion", "points"), kind: "count", name: t`New buyer`, hint: t`XP for the first payment` },
      { path: at("conversion", "per_dollar"), kind: "count", name: t`… and per dollar`, hint: t`XP, on top` },
      { path: at("renewal", "points"), kind: "count", name: t`Renewal`, hint: t`XP once a day for each buyer` },
      { path: at("renewal", "per_dollar"), kind: "count", name: t`… and per dollar`, hint: t`XP, on top` },
      { path: at("lesson", "points"), kind: "count", name: t`Finished lesson`, hint: t`XP` },
      { path: at("lesson", "max_a_day"), kind: "count", name: t`Lessons a day`, hint: t`more bring nothing` },
    ],
  };
}

function classes(document: RulesDocument): Group[] {
  const known = (document["classes"] as { of?: Record<string, { title?: string; ability?: { name?: string } | null }> })
    .of;
  return Object.entries(known ?? {}).map(([key, one]) => {
    const at = (...path: string[]): Path => ["classes", "of", key, ...path];
    const title = one.title ?? key;
    return {
      key: `class-${key}`,
      title: t`Class: ${title}`,
      text: t`100 % is the usual amount. A class that is best in everything makes the others pointless.`,
      figures: [
        { path: at("xp_bp"), kind: "percent", name: t`XP (%)` },
        { path: at("commission_bp"), kind: "percent", name: t`Commission (%)` },
        {
          path: at("ability", "bonus_bp"),
          kind: "percent",
          name: t`Ability (% more XP)`,
          ...(one.ability?.name ? { hint: one.ability.name } : {}),
        },
      ],
    };
  });
}

function progress(): Group {
  return {
    key: "levels",
    title: t`Levels and prestige`,
    text: t`Level 2 takes twice this number, level 10 ninety times as much.`,
    figures: [
      { path: ["levels", "coefficient"], kind: "count", name: t`Steepness`, hint: t`higher = slower levels` },
      { path: ["prestige", "from_level"], kind: "count", name: t`Prestige from level` },
      { path: ["prestige", "bonus_bp"], kind: "percent", name: t`Each prestige (% more XP)` },
      { path: ["classes", "change_days"], kind: "count", name: t`Days between class changes` },
    ],
  };
}

function guilds(): Group {
  const at = (key: string): Path => ["guilds", key];
  return {
    key: "guilds",
    title: t`Guilds`,
    text: t`How large guilds get, and what a week asks of them together.`,
    figures: [
      { path: at("max_members"), kind: "count", name: t`Members at most` },
      { path: at("level_coefficient"), kind: "count", name: t`Steepness`, hint: t`higher = slower levels` },
      { path: at("quest_min_members"), kind: "count", name: t`Guild quest from this many members` },
      { path: at("quest_reward_xp"), kind: "count", name: t`Guild quest: XP`, hint: t`for everybody who helped` },
      { path: at("muster_least"), kind: "count", name: t`Muster: new buyers at least` },
      { path: at("rumour_clicks"), kind: "count", name: t`Rumour: visitors for each member` },
    ],
  };
}

const WINDOWS = ["daily", "weekly", "monthly"] as const;

function quests(document: RulesDocument): Group[] {
  const templates = (document["quests"] as { templates?: { title: string; window: string; target_type: string }[] })
    .templates;
  const titles = { daily: t`Daily quests`, weekly: t`Weekly quests`, monthly: t`Monthly quests` };
  return WINDOWS.map((window) => ({
    key: `quests-${window}`,
    title: titles[window],
    text: t`How much it takes, and the XP it gives. New numbers hold for quests given from then on.`,
    figures: (templates ?? []).flatMap(({ title, window: own, target_type }, place): Figure[] => {
      if (own !== window) return [];
      const path: Path = ["quests", "templates", place];
      const isMoney = target_type === "commission";
      return [
        {
          path: [...path, "target"],
          kind: isMoney ? "dollars" : "count",
          name: isMoney ? t`${title}: goal ($)` : t`${title}: goal`,
        },
        { path: [...path, "reward_xp"], kind: "count", name: t`${title}: XP` },
      ];
    }),
  }));
}
