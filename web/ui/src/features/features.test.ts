// The pure readings of the features: level bar, balance bar, order of the lists, the receipt's sum.
import { describe, expect, test } from "vitest";
import type { Achievement, Balance, Member, Quest, Receipt } from "@/lib/types";
import { inOrder } from "./achievements/achievement-order";
import { explain } from "./activity/explain";
import { shares } from "./balance/shares";
import { levelBar } from "./profile/level";
import { questsOf } from "./quests/quest-order";

const member = (changes: Partial<Member>) =>
  ({ level: 3, experience_points: 400, level_xp: 300, next_level_xp: 600, xp_to_next_level: 200, ...changes }) as Member;

describe("the level bar", () => {
  test("shows the way through the present level", () => {
    expect(levelBar(member({}))).toEqual({ value: 100, goal: 300, toNext: 200, debt: 0 });
  });

  test("a debt leaves it empty and is named", () => {
    const bar = levelBar(member({ level: 1, experience_points: 0, level_xp: 0, next_level_xp: 100, xp_to_next_level: 340 }));
    expect(bar).toEqual({ value: 0, goal: 100, toNext: 340, debt: 240 });
  });

  test("never leaves its bounds, whatever the figures say", () => {
    expect(levelBar(member({ experience_points: 9_000, xp_to_next_level: -8_400 }))).toEqual({ value: 300, goal: 300, toNext: 0, debt: 0 });
    expect(levelBar(member({ experience_points: 10 })).value).toBe(0);
  });
});

describe("the balance bar", () => {
  const balance = (changes: Partial<Balance>): Balance => ({
    currency: "usd", exponent: 2, earned_minor: 0, pending_minor: 0, held_minor: 0, payable_minor: 0, paid_minor: 0, ...changes,
  });

  test("leaves out what is empty or a debt", () => {
    expect(shares(balance({ payable_minor: -300, paid_minor: 900, pending_minor: 100 }))).toEqual([
      { part: "paid", percent: 90 },
      { part: "pending", percent: 10 },
    ]);
    expect(shares(balance({ payable_minor: -5 }))).toEqual([]);
  });

  test("a tiny part stays visible", () => {
    expect(shares(balance({ paid_minor: 10_000_000, held_minor: 1 })).at(-1)).toEqual({ part: "held", percent: 1 });
  });
});

test("quests keep their places when their state changes", () => {
  const quest = (id: string, slot: string, window = "daily") => ({ id, slot, window, starts_at: "2026-11-22" }) as Quest;
  const quests = [quest("c", "result"), quest("w", "weekly_1", "weekly"), quest("a", "effort"), quest("b", "reach")];
  expect(questsOf(quests, "daily").map(({ id }) => id)).toEqual(["a", "b", "c"]);
  expect(questsOf(quests, "monthly")).toEqual([]);
});

test("achievements show the newest first, then the nearest", () => {
  const badge = (key: string, progress: number, unlocked_at: string | null = null) =>
    ({ key, progress, threshold: 10, reward_xp: 50, unlocked_at }) as Achievement;
  const list = [badge("far", 1), badge("old", 10, "2026-01-01"), badge("near", 9), badge("new", 10, "2026-11-01")];
  expect(inOrder(list).map(({ key }) => key)).toEqual(["new", "old", "near", "far"]);
});

describe("how a receipt was computed", () => {
  const receipt: Receipt = {
    id: "r1", at: "2026-11-22T12:00:00Z", kind: "payment", xp: 272, commission: { amount_minor: 441, currency: "usd", exponent: 2 },
    reason: "conversion", title: "New referral", payment_id: "pay_1", class: "scout", rule_version: 1, multiplier_bp: 14_500,
    inputs: { points: 188, base_minor: 4410, rate_bp: 1000, class_commission_bp: 10_000, usd_base_cents: 4410, refund: { num: 1, den: 2 }, note: null },
  };

  test("is told as two sums", () => {
    expect(explain(receipt).sentences).toEqual([
      "188 points ×1.45 = +272 XP, rounded down.",
      "$44.10 paid without tax × 10\u00a0% ×1 for your class = $4.41.",
    ]);
  });

  test("lists every input with its unit and leaves out what is empty", () => {
    const lines = Object.fromEntries(explain(receipt).lines.map(({ label, value }) => [label, value]));
    expect(lines).toMatchObject({
      "Class at that moment": "Scout",
      "Paid without tax": "$44.10",
      "Commission rate": "10\u00a0%",
      "Refund num": "1",
      "Rule book": "version 1",
    });
    expect(lines).not.toHaveProperty("Note");
  });

  test("what is taken back does not pretend to be the formula's result", () => {
    const refund = explain({ ...receipt, reason: "refund", xp: -81, commission: { amount_minor: -189, currency: "usd", exponent: 2 } });
    expect(refund.sentences).toEqual([]);
  });
});
