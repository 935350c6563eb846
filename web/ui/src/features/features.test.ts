// The pure readings of the features: level bar, balance bar, order of the lists, the receipt's sum.
import { describe, expect, test } from "vitest";
import type { Achievement, Balance, Member, Quest, Receipt } from "@/lib/types";
import { inOrder } from "./achievements/achievement-order";
import { explain } from "./activity/explain";
import { mainFirst } from "./earnings/main-first";
import { shares } from "./earnings/shares";
import { changeTerms, choiceTerms, firstTerms } from "./profile/class-terms";
import { levelBar, wayToGo } from "./profile/level";
import { questsOf } from "./quests/quest-order";
import { completedNote } from "./referrals/completed-note";

const member = (changes: Partial<Member>) =>
  ({
    level: 3,
    experience_points: 400,
    level_xp: 300,
    next_level_xp: 600,
    xp_to_next_level: 200,
    ...changes,
  }) as Member;

describe("the level bar", () => {
  test("shows the way through the present level", () => {
    expect(levelBar(member({}))).toEqual({ value: 100, goal: 300, toNext: 200, debt: 0 });
  });

  test("a debt leaves it empty and is named", () => {
    const bar = levelBar(
      member({ level: 1, experience_points: 0, level_xp: 0, next_level_xp: 100, xp_to_next_level: 340 }),
    );
    expect(bar).toEqual({ value: 0, goal: 100, toNext: 340, debt: 240 });
  });

  test("says in words what it shows", () => {
    expect(wayToGo(levelBar(member({})), 3)).toBe("200 XP to level 4");
    const inDebt = member({ level: 1, experience_points: 0, level_xp: 0, next_level_xp: 100, xp_to_next_level: 340 });
    expect(wayToGo(levelBar(inDebt), 1)).toBe("A refund took 240 XP back. Earn those again, then 100 XP to level 2.");
  });

  test("never leaves its bounds, whatever the figures say", () => {
    expect(levelBar(member({ experience_points: 9_000, xp_to_next_level: -8_400 }))).toEqual({
      value: 300,
      goal: 300,
      toNext: 0,
      debt: 0,
    });
    expect(levelBar(member({ experience_points: 10 })).value).toBe(0);
  });
});

describe("the balance bar", () => {
  const balance = (changes: Partial<Balance>): Balance => ({
    currency: "usd",
    exponent: 2,
    earned_minor: 0,
    pending_minor: 0,
    held_minor: 0,
    payable_minor: 0,
    paid_minor: 0,
    ...changes,
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
  const quest = (id: string, slot: string, window = "daily") =>
    ({ id, slot, window, starts_at: "2026-11-22" }) as Quest;
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

describe("when a class may be chosen", () => {
  const now = Date.parse("2026-11-27T12:00:00Z");

  test("is said before the first choice and asked with it, in words that everybody knows", () => {
    expect(firstTerms(30)).toBe("Pick one, it's free. You can switch again after 30 days.");
    expect(firstTerms(undefined)).toBe("Pick one, it's free. You can switch later.");
    expect(choiceTerms(true, 30, now)).toBe(
      "It counts from your next referral on. You can switch again on 27 Dec 2026, in 30 days.",
    );
    expect(choiceTerms(false, undefined, now)).toContain("You keep your XP.");
  });

  test("names the choice that has to rest, the first one too", () => {
    const chosen = { name: "scout", changeAt: "2026-12-27T10:00:00Z", days: 30 } as const;
    expect(changeTerms(chosen, now)).toBe(
      "You chose Scout on 27 Nov 2026. You can switch on 27 Dec 2026, in 29 days 22 h.",
    );
    expect(changeTerms({ ...chosen, days: undefined }, now)).toContain(
      "You are a Scout. You can switch on 27 Dec 2026",
    );
    expect(changeTerms({ ...chosen, changeAt: null }, now)).toContain("you stay with the new class for 30 days");
  });
});

test("the main currency stands first and one that the profile does not know last", () => {
  const of = (currency: string) => ({ currency }) as Balance;
  const sorted = mainFirst([of("eur"), of("gbp"), of("usd")], [of("usd"), of("eur")]);
  expect(sorted.map(({ currency }) => currency)).toEqual(["usd", "eur", "gbp"]);
});

test("referrals that do not count for achievements are explained", () => {
  expect(completedNote(6, 3)).toContain("3 of the 6 completed count for achievements");
  expect(completedNote(2, 1)).toContain("1 of the 2 completed counts");
  expect(completedNote(3, 3)).toBeNull();
  expect(completedNote(3, undefined)).toBeNull();
});

describe("how a receipt was computed", () => {
  const receipt: Receipt = {
    id: "r1",
    at: "2026-11-22T12:00:00Z",
    posted_at: "2026-11-22T12:00:00Z",
    kind: "payment",
    xp: 272,
    commission: { amount_minor: 441, currency: "usd", exponent: 2 },
    reason: "conversion",
    title: "New referral",
    payment_id: "pay_1",
    class: "scout",
    rule_version: 1,
    multiplier_bp: 14_500,
    inputs: {
      kind: "conversion",
      class: "scout",
      class_title: "Scout",
      prestige_level: 0,
      base_minor: 4410,
      currency: "usd",
      exponent: 2,
      usd_base_cents: 4410,
      commission_minor: 441,
      kept_minor: 441,
      points: 188,
      multiplier_bp: 14_500,
      xp_awarded: 272,
      xp_kept: 272,
      taken: [0, 1],
      rate_bp: 1000,
      class_commission_bp: 10_000,
      cap_bp: 5000,
      flat_points: 100,
      dollar_points: 88,
      points_per_dollar: 2,
      class_xp_bp: 12_500,
      prestige_bp: 0,
      ability_bp: 2000,
      ability_name: "Trailblazer",
    },
  };
  const told = (changes: Partial<Receipt> = {}, inputs: Receipt["inputs"] = {}) =>
    explain({ ...receipt, ...changes, inputs: { ...receipt.inputs, ...inputs } }).sums.map(({ title, steps }) => [
      title,
      ...steps.map(({ sign, label, value }) => `${sign} ${label}: ${value}`.trim().replaceAll("\u00a0", " ")),
    ]);

  test("is told as two sums", () => {
    expect(told()).toEqual([
      ["Commission", "Paid without tax: $44.10", "× Commission rate: 10 %", "= Commission: $4.41"],
      [
        "XP",
        "For the new referral: 100",
        "+ 2 for each whole US dollar: 88",
        "= Points: 188",
        "× Scout 125 %, Trailblazer +20 %: 145 %",
        "= XP, rounded down: +272 XP",
      ],
    ]);
  });

  test("a multiplier of one part is told once", () => {
    const [, xp] = told({ multiplier_bp: 12_500, xp: 235 }, { ability_bp: 0, xp_awarded: 235, xp_kept: 235 });
    expect(xp?.slice(-2)).toEqual(["× Scout: 125 %", "= XP: +235 XP"]);
  });

  test("a class that pays more, and the cap, stand in the sum", () => {
    const [champion] = told(
      {},
      {
        class: "champion",
        class_title: "Champion",
        class_commission_bp: 12_000,
        commission_minor: 529,
        kept_minor: 529,
      },
    );
    expect(champion).toEqual([
      "Commission",
      "Paid without tax: $44.10",
      "× Commission rate: 10 %",
      "× Champion: 120 %",
      "= Commission: $5.29",
    ]);
    const [capped] = told({}, { rate_bp: 6000, commission_minor: 2205, kept_minor: 2205 });
    expect(capped?.at(-1)).toBe("= Commission, at most 50 % of the payment: $22.05");
  });

  test("what is taken back leads to what is left and to what this entry booked", () => {
    const taken = { taken: [1, 2], kept_minor: 221, xp_kept: 136 };
    const sums = told(
      { reason: "refund", xp: -136, commission: { amount_minor: -220, currency: "usd", exponent: 2 } },
      taken,
    );
    expect(sums.map((sum) => sum.slice(-3))).toEqual([
      ["− Taken back, 50 % of the payment: $2.20", "= Left to you: $2.21", "Changed by this entry: −$2.20"],
      ["− Taken back, 50 % of the payment: 136 XP", "= Left to you: 136 XP", "Changed by this entry: −136 XP"],
    ]);
  });

  test("a payment that paid no money by the rates does not pretend to", () => {
    const { rate_bp: _, class_commission_bp: __, cap_bp: ___, ...without } = receipt.inputs;
    const [sum] = explain({ ...receipt, inputs: { ...without, commission_minor: 0, kept_minor: 0 } }).sums;
    expect(sum?.steps.map(({ label }) => label)).toEqual(["Paid without tax", "Commission"]);
  });

  test("a payment that went to another referral says so", () => {
    const gone = explain({ ...receipt, reason: "recomputed", inputs: { ...receipt.inputs, credited: false } });
    expect(gone.sums).toEqual([]);
    expect(gone.note).toContain("another referral");
  });

  test("a reward is multiplied by what the member was", () => {
    const reward = {
      kind: "quest",
      reason: "quest",
      xp: 93,
      commission: null,
      payment_id: null,
      multiplier_bp: 12_500,
    } as const;
    expect(
      explain({ ...receipt, ...reward, inputs: { reward_xp: 75 } }).sums[0]?.steps.map(
        ({ sign, value }) => sign + value,
      ),
    ).toEqual(["75 XP", "×1.25", "=+93 XP"]);
    expect(explain({ ...receipt, ...reward, kind: "lesson", inputs: {} }).sums[0]?.steps).toHaveLength(1);
  });

  test("facts name the class, the payment and the rule book", () => {
    const facts = explain(receipt).facts.filter(({ label }) => label !== "Booked");
    expect(facts.map(({ label, value }) => `${label}: ${value}`)).toEqual([
      "Class at that moment: Scout",
      "Payment: pay_1",
      "Rule book: version 1",
    ]);
  });

  test("a payment that was heard of later tells both times", () => {
    const told = (posted_at: string) =>
      explain({ ...receipt, posted_at })
        .facts.slice(0, 2)
        .map(({ label }) => label);
    expect(told("2026-11-22T12:03:00Z")).toEqual(["Paid", "Booked"]);
    expect(told("2026-11-22T12:00:02Z")).toEqual(["Booked", "Class at that moment"]);
  });
});
