// A creation as a form shows it, and back.
import { i18n } from "@lingui/core";
import * as v from "valibot";
import { expect, test } from "vitest";
import type { Creation, Metric } from "@/lib/types";
import { draftOf, formOf, givenPercent, partsOf, schemaFor, shownValue } from "./creation-form";

const METRICS: Metric[] = [
  { metric: "clicks", kind: "quest", unit: "count", words: "Bring … visitors" },
  { metric: "commission", kind: "quest", unit: "usd_cents", words: "Earn $…" },
];
const CLICKS = { metric: "clicks", comparison: "at_least", value: 5 };
const DOCUMENT = {
  title: "Launch Week",
  description: "Help us launch.",
  reward_xp: 200,
  requirement: { any: [CLICKS, { metric: "commission", comparison: "more_than", value: 1050 }] },
  schedule: { every: "week", first_day: "2026-12-01", last_day: null },
  audience: { classes: ["scout"], level_from: 2, level_to: null },
};

function shown(document: Record<string, unknown>) {
  const form = formOf(document, "2026-11-28");
  return { ...form, parts: form.parts.map((part) => ({ ...part, value: shownValue(part, METRICS) })) };
}

test("what is opened and saved without a change is what it was", () => {
  expect(draftOf("quest", shown(DOCUMENT), METRICS, undefined)).toEqual(DOCUMENT);
});

test("money is typed in dollars and sent in cents", () => {
  expect(shown(DOCUMENT).parts.map(({ value }) => value)).toEqual(["5", "10.5"]);
});

test("one thing alone is sent without a list around it", () => {
  const form = shown({ ...DOCUMENT, requirement: CLICKS });

  expect(draftOf("quest", form, METRICS, undefined)["requirement"]).toEqual(CLICKS);
});

test("a requirement inside another is not taken apart but kept", () => {
  const nested = { all: [CLICKS, { any: [CLICKS, CLICKS] }] };

  expect(partsOf(nested)).toBeNull();
  expect(draftOf("quest", shown({ ...DOCUMENT, requirement: nested }), METRICS, nested)["requirement"]).toBe(nested);
});

test.each([
  [{ title: "" }, "title"],
  [{ reward_xp: "1.5" }, "reward_xp"],
  [{ every: "once", last_day: "" }, "last_day"],
  [{ last_day: "2026-11-30" }, "last_day"],
  [{ level_to: "1" }, "level_to"],
  [{ parts: [{ metric: "clicks", comparison: "at_least", value: "0" }] }, "parts.0.value"],
  [{ parts: [{ metric: "clicks", comparison: "at_least", value: "2.5" }] }, "parts.0.value"],
  [{ parts: [{ metric: "commission", comparison: "at_least", value: "2.505" }] }, "parts.0.value"],
])("what cannot be sent is told beside its field: %o", (change, place) => {
  const answer = v.safeParse(schemaFor("quest", i18n, METRICS), { ...shown(DOCUMENT), ...change });

  expect(answer.issues?.map((issue) => v.getDotPath(issue))).toEqual([place]);
});

test("how far a gift is shows until everybody was reached", () => {
  const made = { state: "published", dealt: 250, members: 1000, dealt_at: null } as Creation;

  expect(givenPercent(made)).toBe(25);
  expect(givenPercent({ ...made, members: null, dealt: null })).toBe(0);
  expect(givenPercent({ ...made, dealt_at: "2026-11-28T12:00:00Z" })).toBeNull();
  expect(givenPercent({ ...made, state: "draft" })).toBeNull();
});
