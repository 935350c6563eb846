import { describe, expect, test } from "vitest";
import type { Notice } from "@/lib/types";
import { messageFor, outdatedBy, tellingOf } from "./effects";

const notice = (type: string, data: Record<string, unknown> = {}): Notice => ({ id: 1, type, data, at: "" });
const referral = notice("referral_completed", {
  payment_id: "pay_1",
  buyer_username: "marcus",
  commission_minor: 441,
  currency: "usd",
  exponent: 2,
  xp: 272,
});

describe("what a notice makes old", () => {
  test("a payment moves the profile, the receipts and the quests", () => {
    expect(outdatedBy([referral])).toEqual(expect.arrayContaining(["Profile", "Receipts", "Quests"]));
  });

  test("a burst names each part once", () => {
    expect(outdatedBy([notice("level_up"), notice("level_up"), notice("quest_completed")])).toEqual([
      "Profile",
      "Quests",
    ]);
  });

  test("an unknown type makes nothing old and says nothing", () => {
    expect(outdatedBy([notice("dragon_slain")])).toEqual([]);
    expect(messageFor(notice("dragon_slain"))).toBeNull();
  });
});

describe("what the member is told", () => {
  test("a referral names the buyer, the money and the XP", () => {
    expect(messageFor(referral)).toEqual({
      tone: "success",
      title: "marcus joined through you",
      text: "+$4.41 · +272 XP",
    });
  });

  test("what is taken back reads as a loss", () => {
    const data = { commission_minor: 441, currency: "usd", exponent: 2, xp: 188 };
    expect(messageFor(notice("referral_reversed", data))?.text).toBe("−$4.41 · −188 XP");
    const refund = { amount_minor: -189, currency: "usd", exponent: 2, xp: -81, reason: "refund" };
    expect(messageFor(notice("commission_changed", refund))).toEqual({
      tone: "warning",
      title: "Refund",
      text: "−$1.89 · −81 XP",
    });
  });

  test("a flood is told in one line, with the level it led to", () => {
    const flood = [referral, referral, notice("level_up", { level: 4 }), notice("level_up", { level: 5 }), referral];
    const { messages, summary } = tellingOf(flood, 0);
    expect(messages.map((message) => message.title)).toEqual(["Level 5"]);
    expect(summary?.title).toBe("4 more updates");
    expect(tellingOf([referral, referral, referral, referral], 0)).toMatchObject({
      messages: [],
      summary: { title: "4 updates" },
    });
  });

  test("the payment that set off a burst is told beside what it led to", () => {
    const led = [referral, notice("achievement_unlocked"), notice("level_up", { level: 2 }), notice("quest_completed")];
    const { messages, summary } = tellingOf(led, 0);
    expect(messages.map((message) => message.title)).toEqual(["marcus joined through you", "Level 2"]);
    expect(summary?.title).toBe("2 more updates");
  });

  test("what follows a flood joins its summary instead of piling up", () => {
    expect(tellingOf([referral], 5)).toMatchObject({ messages: [], summary: { title: "6 updates", counts: 6 } });
    expect(tellingOf([notice("dragon_slain")], 5)).toEqual({ messages: [], summary: null });
    expect(tellingOf([referral, referral, referral], 0).messages).toHaveLength(3);
  });

  test("a system message keeps its severity and nothing else is trusted", () => {
    expect(
      messageFor(notice("system_notification", { severity: "warning", title: "Maintenance", text: "At noon." }))?.tone,
    ).toBe("warning");
    expect(messageFor(notice("system_notification", { severity: "<b>", title: 7 }))).toEqual({
      tone: "info",
      title: "Message",
      text: "",
    });
  });
});
