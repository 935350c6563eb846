// @vitest-environment happy-dom
// A creator changes the rules: numbers stay whole, a draft is tried, then published.
import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { answers, does, server } from "@/test/server";
import { playApi, show } from "@/test/screen";
import { figureAt, readFigure, withFigures, written } from "../figures";
import RulesScreen from "../routes/rules-screen";

playApi();

const DOCUMENT = {
  version: 1,
  commission: { rate_bp: 1000, cap_bp: 5000, hold_days: 30, min_payout_usd_cents: 1000 },
  xp: { conversion: { points: 100, per_dollar: 2 } },
  classes: { change_days: 30, of: { scout: { title: "Scout", xp_bp: 12500, commission_bp: 10000, ability: null } } },
  quests: { templates: [{ title: "Show Up", window: "daily", target_type: "visits", target: 1, reward_xp: 15 }] },
};
const RULES = {
  version: 1,
  class_change_days: 30,
  commission_rate_bp: 1000,
  hold_days: 30,
  classes: [],
  newest: { version: 1, valid_from: null },
  document: DOCUMENT,
};
const PAIR = { now: 100, then: 150 };
const RESULT = {
  payments: 12,
  members: { gain: 3, lose: 1, same: 2 },
  commission: [
    {
      now: { amount_minor: 1000, currency: "usd", exponent: 2 },
      then: { amount_minor: 1250, currency: "usd", exponent: 2 },
    },
  ],
  usd_cents: { now: 1000, then: 1250 },
  xp: PAIR,
  level_average_hundredths: { now: 250, then: 275 },
  quests: [],
  classes: [],
  most_gained: [
    {
      member_id: "7",
      username: "ada",
      avatar_url: "",
      xp: PAIR,
      usd_cents: { now: 0, then: 250 },
      level: { now: 2, then: 3 },
    },
  ],
  most_lost: [],
  warnings: [{ code: "pays_much_more", of: "usd", percent: 25 }],
};
const PREVIEW = { id: "9", state: "done", days: 30, done: 6, total: 6, result: RESULT };

test.each([
  ["12.5", "percent", 1250],
  ["12,05", "percent", 1205],
  ["10", "dollars", 1000],
  ["0", "count", 0],
  ["1.5", "count", null],
  ["1.234", "percent", null],
  ["-1", "count", null],
  ["1e3", "count", null],
  ["", "percent", null],
] as const)("%s as %s is %s", (text, kind, value) => {
  expect(readFigure(text, kind)).toBe(value);
  if (value !== null) expect(readFigure(written(value, kind), kind)).toBe(value);
});

test("a number is set in a copy, and nothing else changes", () => {
  const path = ["quests", "templates", 0, "reward_xp"];
  const copy = withFigures(DOCUMENT, [{ path, value: 20 }]);

  expect(figureAt(copy, path)).toBe(20);
  expect(figureAt(DOCUMENT, path)).toBe(15);
  expect(withFigures(copy, [{ path, value: 15 }])).toEqual(DOCUMENT);
});

test("a draft is tried, told in words, and published with what changes", async () => {
  const asked: unknown[] = [];
  const published: unknown[] = [];
  server.use(
    answers("/rules", RULES),
    answers("/rules/previews/9", PREVIEW),
    does("/rules/preview", (body) => (asked.push(body), { id: "9" })),
    does("/rules", (body) => (published.push(body), { version: 2, valid_from: "2026-12-01T10:00:00Z" })),
  );
  show(<RulesScreen />);
  const user = userEvent.setup();

  const share = await screen.findByRole("textbox", { name: "Share (%)" });
  await user.clear(share);
  await user.type(share, "12.5");
  await user.click(screen.getByRole("button", { name: "Try the draft" }));

  expect(await screen.findByText("You would have paid 25 % more in USD.")).toBeTruthy();
  expect(screen.getByText("instead of $10.00")).toBeTruthy();
  const gains = screen.getByRole("list", { name: "Who gains most" });
  expect(gains.textContent).toContain("adalevel 2 → 3+$2.50 · +50 XP");
  const document = withFigures(DOCUMENT, [{ path: ["commission", "rate_bp"], value: 1250 }]);
  expect(asked).toEqual([{ document, days: 30 }]);

  await user.click(screen.getByRole("button", { name: "Publish …" }));
  const dialog = await screen.findByRole("alertdialog", {}, { timeout: 10_000 });
  expect(within(dialog).getByRole("list", { name: "What changes" }).textContent).toBe("Commission: Share (%)10 → 12.5");
  await user.click(within(dialog).getByRole("button", { name: "Publish" }));
  await expect.poll(() => published).toEqual([{ document, based_on: 1, valid_from: null }]);
});

test("a number that is none is said to be none, and nothing is tried", async () => {
  server.use(answers("/rules", RULES));
  show(<RulesScreen />);
  const user = userEvent.setup();

  const days = await screen.findByRole("textbox", { name: "Days it waits" });
  await user.clear(days);
  await user.type(days, "soon");
  await user.click(screen.getByRole("button", { name: "Try the draft" }));

  expect((await screen.findByRole("alert")).textContent).toBe("A whole number, please.");
  expect(days.getAttribute("aria-invalid")).toBe("true");
});
