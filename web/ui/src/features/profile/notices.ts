// A new level is a moment of its own. Several at once are one climb.
import { plural, t } from "@lingui/core/macro";
import type { Fields, Moment, NoticeKind } from "@/lib/notices";

export const profileNotices: NoticeKind[] = [{ type: "level_up", makesOld: ["Profile"], celebrate: climb }];

function climb(heard: Fields[]): Moment {
  const level = Math.max(...heard.map((fields) => fields.count("level")));
  const text = plural(heard.length, { one: "You reached a new level.", other: "You climbed # levels at once." });
  return { title: t`Level ${level}`, text };
}
