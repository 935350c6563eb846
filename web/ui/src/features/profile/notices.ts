// A new level is a moment of its own. Several at once are one climb.
import { plural, t } from "@lingui/core/macro";
import type { Fields, Moment, NoticeKind } from "@/lib/notices";

export const profileNotices: NoticeKind[] = [{ type: "level_up", makesOld: ["Profile"], celebrate: climb }];

function climb(heard: Fields[]): Moment {
  // Level 1 comes by a prestige only; what levels follow it at once belong to the new run.
  if (heard.some((fields) => fields.count("level") === 1)) {
    return { title: t`Prestige!`, text: t`A new run begins, and everything brings more XP from now on.` };
  }
  const level = Math.max(...heard.map((fields) => fields.count("level")));
  const text = plural(heard.length, { one: "You reached a new level.", other: "You climbed # levels at once." });
  return { title: t`Level ${level}`, text };
}
