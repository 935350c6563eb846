// A creation as a form shows it, and back. Pure. Values of money are whole dollars in the form, cents outside.
import { msg } from "@lingui/core/macro";
import type { I18n, MessageDescriptor } from "@lingui/core";
import * as v from "valibot";
import { isObject } from "@/lib/http";
import type { Creation, Metric } from "@/lib/types";
import type { Draft, Kind } from "./api/creations";

export interface Part {
  metric: string;
  comparison: string;
  value: string;
}

export interface CreationForm {
  title: string;
  description: string;
  reward_xp: string;
  how: "all" | "any";
  parts: Part[];
  hidden: boolean;
  every: string;
  first_day: string;
  last_day: string;
  classes: string[];
  level_from: string;
  level_to: string;
}

const CENTS = 100;
export const MOST_PARTS = 8;
const LONGEST_TITLE = 80;
const LONGEST_TEXT = 500;
const MOST_XP = 100_000;
const HIGHEST_LEVEL = 1_000;
const MOST_VALUE = 1_000_000_000;

const MISSING: MessageDescriptor = msg`Fill this in.`;
const TOO_LONG: MessageDescriptor = msg`This is too long.`;
const NO_NUMBER: MessageDescriptor = msg`A whole number, please.`;
const TOO_LATE: MessageDescriptor = msg`The last day is before the first.`;
const NO_END: MessageDescriptor = msg`Say until when.`;
const NO_LEVELS: MessageDescriptor = msg`This level is below the first one.`;

/** What the form holds when it opens: an empty one is for a week from today. */
export function formOf(document: Record<string, unknown> | undefined, today: string): CreationForm {
  const found = document ?? {};
  const schedule = isObject(found["schedule"]) ? found["schedule"] : {};
  const audience = isObject(found["audience"]) ? found["audience"] : {};
  const { how, parts } = partsOf(found["requirement"]) ?? { how: "all" as const, parts: [] };
  return {
    title: textOf(found["title"]),
    description: textOf(found["description"]),
    reward_xp: textOf(found["reward_xp"] ?? 100),
    how,
    parts,
    hidden: found["hidden"] === true,
    every: textOf(schedule["every"] ?? "once"),
    first_day: textOf(schedule["first_day"] ?? today),
    last_day: document ? textOf(schedule["last_day"]) : weekAfter(today),
    classes: Array.isArray(audience["classes"]) ? audience["classes"].map(textOf) : [],
    level_from: textOf(audience["level_from"] ?? 1),
    level_to: textOf(audience["level_to"]),
  };
}

function weekAfter(day: string): string {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + 6);
  return at.toISOString().slice(0, 10);
}

/** The flat parts of a requirement; null for one inside another, which this form cannot show. */
export function partsOf(requirement: unknown): { how: "all" | "any"; parts: Part[] } | null {
  if (!isObject(requirement)) return { how: "all", parts: [] };
  if (typeof requirement["metric"] === "string") return { how: "all", parts: [partOf(requirement)] };
  const how = Array.isArray(requirement["all"]) ? "all" : "any";
  const parts = requirement[how];
  if (!Array.isArray(parts)) return null;
  const read = parts.map((part: unknown) => (isObject(part) && "metric" in part ? partOf(part) : null));
  return read.includes(null) ? null : { how, parts: read as Part[] };
}

function partOf(part: Record<string, unknown>): Part {
  return {
    metric: textOf(part["metric"]),
    comparison: textOf(part["comparison"]),
    value: textOf(part["value"]),
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

/** Cents as the dollars one types: only whole ones are offered, others stay as they are. */
export function shownValue(part: Part, metrics: readonly Metric[]): string {
  return isMoney(part.metric, metrics) ? String(Number(part.value) / CENTS) : part.value;
}

export function isMoney(metric: string, metrics: readonly Metric[]): boolean {
  return metrics.some((one) => one.metric === metric && one.unit === "usd_cents");
}

/** What is sent. `requirement`: sent instead of the parts where the form could not show it. */
export function draftOf(kind: Kind, form: CreationForm, metrics: readonly Metric[], requirement: unknown): Draft {
  const parts = form.parts.map(({ metric, comparison, value }) => ({
    metric,
    comparison: comparison || "at_least",
    value: isMoney(metric, metrics) ? Math.round(Number(value) * CENTS) : Number(value),
  }));
  const words = {
    title: form.title.trim(),
    description: form.description.trim(),
    reward_xp: Number(form.reward_xp),
    requirement: requirement ?? (parts.length === 1 ? parts[0] : { [form.how]: parts }),
  };
  if (kind === "achievement") return { ...words, hidden: form.hidden };
  return {
    ...words,
    schedule: { every: form.every, first_day: form.first_day, last_day: form.last_day || null },
    audience: {
      classes: form.classes,
      level_from: Number(form.level_from),
      level_to: form.level_to === "" ? null : Number(form.level_to),
    },
  };
}

/** What a form must be to be sent; the server says the rest. */
export function schemaFor(kind: Kind, i18n: I18n, metrics: readonly Metric[]) {
  const words = (longest: number) =>
    v.pipe(v.string(), v.trim(), v.minLength(1, i18n._(MISSING)), v.maxLength(longest, i18n._(TOO_LONG)));
  const whole = (least: number, most: number) =>
    v.pipe(
      v.string(),
      v.check((text) => isWhole(text, least, most), i18n._(NO_NUMBER)),
    );
  const part = v.pipe(
    v.object({ metric: words(LONGEST_TITLE), comparison: v.string(), value: v.string() }),
    v.forward(
      v.check(({ metric, value }) => isValue(value, isMoney(metric, metrics)), i18n._(NO_NUMBER)),
      ["value"],
    ),
  );
  const isQuest = kind === "quest";
  return v.pipe(
    v.object({
      title: words(LONGEST_TITLE),
      description: words(LONGEST_TEXT),
      reward_xp: whole(0, MOST_XP),
      how: v.picklist(["all", "any"]),
      parts: v.array(part),
      hidden: v.boolean(),
      every: v.string(),
      first_day: isQuest ? words(LONGEST_TITLE) : v.string(),
      last_day: v.string(),
      classes: v.array(v.string()),
      level_from: whole(1, HIGHEST_LEVEL),
      level_to: v.pipe(
        v.string(),
        v.check((text) => text === "" || isWhole(text, 1, HIGHEST_LEVEL), i18n._(NO_NUMBER)),
      ),
    }),
    v.forward(
      v.partialCheck(
        [["every"], ["last_day"]],
        ({ every, last_day: last }) => !isQuest || every !== "once" || last !== "",
        i18n._(NO_END),
      ),
      ["last_day"],
    ),
    v.forward(
      v.partialCheck(
        [["first_day"], ["last_day"]],
        ({ first_day: first, last_day: last }) => !isQuest || last === "" || last >= first,
        i18n._(TOO_LATE),
      ),
      ["last_day"],
    ),
    v.forward(
      v.partialCheck(
        [["level_from"], ["level_to"]],
        ({ level_from: from, level_to: to }) => to === "" || Number(to) >= Number(from),
        i18n._(NO_LEVELS),
      ),
      ["level_to"],
    ),
  );
}

function isWhole(text: string, least: number, most: number): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) >= least && Number(text) <= most;
}

function isValue(text: string, money: boolean): boolean {
  return money ? /^\d{1,9}(\.\d{1,2})?$/.test(text) && Number(text) > 0 : isWhole(text, 1, MOST_VALUE);
}

/** Today where the reader is, as a form's date holds it. */
export function today(now: number): string {
  const at = new Date(now);
  const pad = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
}

/** How much of a running gift is done, 0 to 100; null where there is nothing to wait for. */
export function givenPercent({ state, dealt, members, dealt_at: doneAt }: Creation): number | null {
  if (state !== "published" || doneAt) return null;
  return members ? Math.floor(((dealt ?? 0) * 100) / members) : 0;
}
