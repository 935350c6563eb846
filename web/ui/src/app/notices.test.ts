// What each kind of notice makes old, says, and celebrates; and how a flood of them is told.
import { beforeEach, describe, expect, test } from "vitest";
import { Teller } from "@/features/live/teller";
import type { Notice } from "@/lib/types";
import { notices } from "./notices";

let lastId = 0;
const notice = (type: string, data: Record<string, unknown> = {}): Notice => ({
  id: (lastId += 1),
  type,
  data,
  at: "",
});
const usd = { currency: "usd", exponent: 2 };
const referral = () =>
  notice("referral_completed", { buyer_username: "marcus", commission_minor: 441, xp: 272, ...usd });
const level = (reached: number) => notice("level_up", { level: reached });

describe("what a notice makes old", () => {
  test("a payment moves the profile, the receipts, the quests and the money", () => {
    const moved = ["Profile", "Receipts", "Quests", "Commissions"];
    expect(notices.outdatedBy([referral()])).toEqual(expect.arrayContaining(moved));
  });

  test("a burst names each part once", () => {
    expect(notices.outdatedBy([level(2), level(3), notice("quest_completed")])).toEqual(["Profile", "Quests"]);
  });

  test("an unknown type makes nothing old and says nothing", () => {
    expect(notices.outdatedBy([notice("dragon_slain")])).toEqual([]);
    expect(notices.messageFor([notice("dragon_slain")])).toBeNull();
  });
});

describe("what the member is told", () => {
  test("a referral names the buyer, the money and the XP", () => {
    const message = { tone: "success", title: "marcus joined through you", text: "+$4.41 · +272 XP" };
    expect(notices.messageFor([referral()])).toEqual(message);
  });

  test("several referrals are summed up, currency by currency", () => {
    const euros = notice("referral_completed", { commission_minor: 300, currency: "eur", exponent: 2, xp: 100 });
    expect(notices.messageFor([referral(), referral(), euros])).toEqual({
      tone: "success",
      title: "3 new referrals",
      text: "+$8.82 · +€3.00 · +644 XP",
    });
  });

  test("what is taken back reads as a loss", () => {
    const data = { commission_minor: 441, xp: 188, ...usd };
    expect(notices.messageFor([notice("referral_reversed", data)])?.text).toBe("−$4.41 · −188 XP");
    const refund = notice("commission_changed", { amount_minor: -189, xp: -81, reason: "refund", ...usd });
    expect(notices.messageFor([refund])).toEqual({ tone: "warning", title: "Refund", text: "−$1.89 · −81 XP" });
  });

  test("a change of nothing that has no name is not told", () => {
    expect(notices.messageFor([notice("commission_changed", { reason: "odd" })])).toBeNull();
  });

  test("finished quests and achievements keep their names however many come together", () => {
    const quests = ["Show Up", "First Blood"].map((title) => notice("quest_completed", { title, reward_xp: 40 }));
    expect(notices.messageFor(quests)).toEqual({
      tone: "success",
      title: "2 quests finished",
      text: "Show Up, First Blood. 80 XP wait to be claimed.",
    });
    const badge = notice("achievement_unlocked", { title: "First Sale", reward_xp: 50 });
    expect(notices.messageFor([badge])?.title).toBe("Unlocked: First Sale");
  });

  test("boards that moved are read again and said nothing of; a closed one and a league's week are told", () => {
    const moved = notice("leaderboard_updated");
    expect(notices.outdatedBy([moved])).toEqual(["Boards"]);
    expect(notices.messageFor([moved])).toBeNull();
    const closed = notice("leaderboard_updated", { board: "weekly", rank: 2, step: 0 });
    expect(notices.messageFor([moved, closed])).toEqual({
      tone: "success",
      title: "A board closed",
      text: "You came in at place 2.",
    });
    const league = notice("leaderboard_updated", { board: "league", rank: 9, step: -1 });
    expect(notices.messageFor([league])?.text).toBe("You came in at place 9. You go down.");
  });

  test("a system message keeps its severity and nothing else is trusted", () => {
    const say = (data: Record<string, unknown>) => notices.messageFor([notice("system_notification", data)]);
    expect(say({ severity: "warning", title: "Maintenance", text: "At noon." })?.tone).toBe("warning");
    expect(say({ severity: "<b>", title: 7 })).toEqual({ tone: "info", title: "Message", text: "" });
  });

  test("several levels are one climb", () => {
    expect(notices.momentFor([level(2)])).toEqual({ title: "Level 2", text: "You reached a new level." });
    expect(notices.momentFor([level(2), level(3), level(4)])).toEqual({
      title: "Level 4",
      text: "You climbed 3 levels at once.",
    });
  });
});

describe("how a flood is told", () => {
  interface Toast {
    id: string;
    title: string;
    close: () => void;
  }
  let toasts: Toast[];
  let moments: Notice[][];
  let teller: Teller;

  beforeEach(() => {
    toasts = [];
    moments = [];
    teller = new Teller({
      registry: notices,
      toast: (_tone, title, _text, options) => {
        toasts.push({ id: options?.id ?? "", title, close: () => options?.onClose?.() });
      },
      celebrate: (heard) => moments.push(heard),
    });
  });

  test("one toast a kind, however many there are; a level is never among them", () => {
    const badge = notice("achievement_unlocked", { title: "First Sale", reward_xp: 50 });
    teller.tell([referral(), badge, level(2), level(3), referral(), notice("quest_completed", { title: "Show Up" })]);
    expect(toasts.map(({ title }) => title)).toEqual([
      "2 new referrals",
      "Unlocked: First Sale",
      "Quest finished: Show Up",
    ]);
    expect(moments.map((heard) => heard.length)).toEqual([2]);
  });

  test("what follows while a toast is open counts on in it", () => {
    teller.tell([referral()]);
    teller.tell([referral(), referral()]);
    expect(toasts.map(({ title }) => title)).toEqual(["marcus joined through you", "3 new referrals"]);
    expect(new Set(toasts.map(({ id }) => id)).size).toBe(1);
  });

  test("after it was closed a new one begins at one", () => {
    teller.tell([referral()]);
    toasts[0]?.close();
    teller.tell([referral()]);
    expect(toasts[1]?.title).toBe("marcus joined through you");
    expect(toasts[1]?.id).not.toBe(toasts[0]?.id);
  });
});
