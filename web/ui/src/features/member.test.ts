// What a member reads beside their figures: streak, prestige, next step, unread news, ability, ready words.
import { describe, expect, test } from "vitest";
import type { Member, Quest, Receipt, Streak } from "@/lib/types";
import { abilityOf } from "./activity/ability";
import { nextStep } from "./ahead/next-step";
import { printUnread, unreadOf } from "./news/unread";
import { prestigeState } from "./profile/prestige-terms";
import { freezeText, moodOf, streakText, streakTitle } from "./profile/streak-words";
import { readyTexts } from "./sharing/texts";

const NOW = Date.parse("2026-11-28T20:00:00Z");
const streak = (changes: Partial<Streak>): Streak => ({
  days: 3,
  best: 5,
  is_done: false,
  has_freeze: true,
  ends_at: null,
  ...changes,
});

describe("a streak in words", () => {
  test("says whether today is needed", () => {
    expect(moodOf(streak({ days: 0 }))).toBe("none");
    expect(moodOf(streak({ is_done: true }))).toBe("done");
    expect(moodOf(streak({}))).toBe("safe");
    expect(moodOf(streak({ has_freeze: false, ends_at: "2026-11-29T00:00:00Z" }))).toBe("ending");
  });

  test("says when it ends, and what this week still forgives", () => {
    const ending = streak({ has_freeze: false, ends_at: "2026-11-29T00:00:00Z" });
    expect(streakText(ending, NOW)).toBe("Win a referral or claim a quest, or the streak ends in 4 h.");
    expect(freezeText(ending)).toBe("Free day of this week: used.");
    expect(streakTitle(streak({ days: 1 }))).toBe("1 day in a row");
  });
});

test("a prestige is near, open or used up", () => {
  const rules = { from_level: 50, times: 10, bonus_bp: 500 };
  const at = (level: number, prestige_level = 0) => prestigeState({ level, prestige_level } as Member, rules);
  expect([at(39), at(40), at(49), at(50), at(80, 9), at(80, 10)]).toEqual([
    "far",
    "near",
    "near",
    "open",
    "open",
    "used_up",
  ]);
});

describe("the next step", () => {
  const member = (changes: Partial<Streak> = {}) => ({ streak: streak(changes) }) as Member;
  const quest = (state: string, progress: number, title: string) => ({ state, progress, target: 10, title }) as Quest;

  test("is a waiting reward, then a streak that ends, then the nearest quest, then a sale", () => {
    const begun = [quest("assigned", 3, "far"), quest("assigned", 8, "near"), quest("assigned", 0, "new")];
    const ends = { ends_at: "2026-11-29T00:00:00Z" };
    expect(nextStep(member(ends), [...begun, quest("completed", 10, "done")]).kind).toBe("claim");
    expect(nextStep(member(ends), begun).kind).toBe("streak");
    expect(nextStep(member(), begun)).toMatchObject({ kind: "quest", quest: { title: "near" } });
    expect(nextStep(member(), undefined).kind).toBe("sale");
  });
});

test("unread news are counted by their numbers", () => {
  const history = { last_id: 240, read_up_to: 100 } as Parameters<typeof unreadOf>[0];
  expect(unreadOf(history)).toBe(140);
  expect(unreadOf(undefined)).toBe(0);
  expect([printUnread(7), printUnread(140)]).toEqual(["7", "99+"]);
});

test("an ability says what it gave on the entry that booked the sale", () => {
  const inputs = { points: 188, ability_bp: 2000, ability_name: "Trailblazer" };
  const sale = { kind: "payment", reason: "conversion", multiplier_bp: 14_500, inputs } as unknown as Receipt;
  expect(abilityOf(sale)).toEqual({ name: "Trailblazer", xp: 37 });
  expect(abilityOf({ ...sale, reason: "refund" })).toBeNull();
  expect(abilityOf({ ...sale, inputs: { points: 188 } })).toBeNull();
});

test("ready words carry the link", () => {
  for (const { text } of readyTexts("https://x.test/r/AB", "Northside")) {
    expect(text).toContain("https://x.test/r/AB");
    expect(text).toContain("Northside");
  }
});
