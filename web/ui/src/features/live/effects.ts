// What a notice means to this page: which cached answers it makes old, and what the member is told.
// A type this page does not know means nothing, so that the server may grow ahead of it.
import type { Tag } from "@/lib/api";
import { printCount, printMoney, printXp } from "@/lib/numbers";
import type { Notice } from "@/lib/types";

const MONEY_MOVED: Tag[] = ["Profile", "Receipts", "Quests", "Referrals", "Achievements"];

const OUTDATED: Record<string, Tag[]> = {
  level_up: ["Profile"],
  quest_completed: ["Quests"],
  quest_available: ["Quests"],
  achievement_unlocked: ["Achievements", "Profile", "Receipts"],
  referral_completed: MONEY_MOVED,
  referral_reversed: MONEY_MOVED,
  commission_changed: MONEY_MOVED,
};

export function outdatedBy(notices: Notice[]): Tag[] {
  return [...new Set(notices.flatMap((notice) => OUTDATED[notice.type] ?? []))];
}

export interface Message {
  tone: "success" | "info" | "warning" | "error";
  title: string;
  text: string;
}

type Read = (data: Fields) => Message | null;

const MESSAGES: Record<string, Read> = {
  level_up: (data) => good(`Level ${data.count("level")}`, "You reached a new level."),
  quest_completed: (data) =>
    good(`${data.text("title")} finished`, `${printXp(data.count("reward_xp"))} are waiting to be claimed.`),
  quest_available: (data) => ({ tone: "info", title: "New quests", text: windowText(data.text("window")) }),
  achievement_unlocked: (data) =>
    good(`${data.text("title")} unlocked`, `${printXp(data.count("reward_xp"))} · ${data.text("rarity")}`),
  referral_completed: (data) =>
    good(
      data.text("buyer_username") ? `${data.text("buyer_username")} joined through you` : "New referral",
      `${data.money("commission_minor")} · ${printXp(data.count("xp"))}`,
    ),
  referral_reversed: (data) => ({
    tone: "warning",
    title: "Referral reversed",
    text: `${data.money("commission_minor", -1)} · ${printXp(-data.count("xp"))}`,
  }),
  commission_changed: commissionMessage,
  system_notification: (data) => ({
    tone: toneOf(data.text("severity")),
    title: data.text("title") || "Message",
    text: data.text("text"),
  }),
};

const REASONS: Record<string, string> = {
  renewal: "Renewal",
  refund: "Refund",
  dispute: "Disputed payment",
  dispute_won: "Dispute won",
  released: "Commission released",
  held: "Commission on hold",
  recomputed: "Commission updated",
};

function commissionMessage(data: Fields): Message | null {
  const amount = data.count("amount_minor");
  const xp = data.count("xp");
  const reason = data.text("reason");
  if (amount === 0 && xp === 0 && !(reason in REASONS)) return null;
  const parts = [amount === 0 ? "" : data.money("amount_minor"), xp === 0 ? "" : printXp(xp)];
  return {
    tone: amount < 0 || xp < 0 ? "warning" : amount > 0 ? "success" : "info",
    title: REASONS[reason] ?? "Commission updated",
    text: parts.filter(Boolean).join(" · "),
  };
}

/** What to tell about one notice; null when there is nothing to tell. */
export function messageFor(notice: Notice): Message | null {
  return MESSAGES[notice.type]?.(new Fields(notice.data)) ?? null;
}

/** More than this at once is a flood, told in a summary. */
const AT_MOST = 3;
const OF_PAYMENTS = ["referral_completed", "referral_reversed", "commission_changed"];

export interface Telling {
  messages: Message[];
  /** Stands for this many updates, those already summed up included; null when nothing is summed up. */
  summary: (Message & { counts: number }) | null;
}

/**
 * What to tell about a burst of notices. `summed` updates already stand in a summary on the screen:
 * what follows joins it. A new level is told all the same, and so is the one payment that set off the rest.
 */
export function tellingOf(notices: Notice[], summed: number): Telling {
  const telling = notices.filter((notice) => messageFor(notice) !== null);
  const isFlood = summed > 0 ? telling.length > 0 : telling.length > AT_MOST;
  const own = isFlood ? apart(telling, summed) : telling;
  const messages = own.flatMap((notice) => messageFor(notice) ?? []);
  const counts = summed + telling.length - own.length;
  if (!isFlood || counts === 0) return { messages, summary: null };
  const title = `${printCount(counts)} ${messages.length > 0 ? "more " : ""}${counts === 1 ? "update" : "updates"}`;
  return { messages, summary: { tone: "info", title, text: "All of them are in your recent activity.", counts } };
}

/** The notices of a flood that get a toast of their own. */
function apart(notices: Notice[], summed: number): Notice[] {
  const payments = notices.filter((notice) => OF_PAYMENTS.includes(notice.type));
  const level = notices.findLast((notice) => notice.type === "level_up");
  return [...(summed === 0 && payments.length === 1 ? payments : []), ...(level ? [level] : [])];
}

/** Typed reading of a notice's loose fields; what is missing reads as nothing. */
class Fields {
  constructor(private readonly data: Record<string, unknown>) {}

  text(name: string): string {
    const value = this.data[name];
    return typeof value === "string" ? value : "";
  }

  count(name: string): number {
    const value = this.data[name];
    return typeof value === "number" && Number.isSafeInteger(value) ? value : 0;
  }

  money(name: string, times: 1 | -1 = 1): string {
    const amount = { amount_minor: this.count(name) * times, currency: this.text("currency") || "usd" };
    return printMoney({ ...amount, exponent: this.count("exponent") }, { signed: true });
  }
}

function good(title: string, text: string): Message {
  return { tone: "success", title, text };
}

function windowText(window: string): string {
  const texts: Record<string, string> = {
    daily: "Today's quests are here.",
    weekly: "This week's quests are here.",
    monthly: "This month's quests are here.",
  };
  return texts[window] ?? "They are on your list.";
}

function toneOf(severity: string): Message["tone"] {
  return severity === "warning" || severity === "error" ? severity : "info";
}
