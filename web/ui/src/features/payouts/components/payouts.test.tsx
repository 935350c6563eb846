// @vitest-environment happy-dom
// Deciding about payouts, as a creator meets it.
import { screen } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { expect, test } from "vitest";
import { answers, does, refuses, server } from "@/test/server";
import { playApi, show } from "@/test/screen";
import { PayoutsPanel } from "./payouts-panel";
import { ReadyPanel } from "./ready-panel";

playApi();

const money = (amount_minor: number) => ({ amount_minor, currency: "usd", exponent: 2 });
const PAYOUT = {
  id: "7",
  member: { id: "1", username: "ada", whop_user_id: "user_ada" },
  amount: money(2751),
  usd_cents: 2751,
  method: "whop",
  state: "requested",
  problem: "",
  requested_at: "2026-11-28T10:00:00Z",
  requested_by_member: true,
  needs_second: false,
  agreed: [],
  can_be_taken_back: true,
  transfer_id: "",
  closed_at: null,
  steps: [{ state: "requested", at: "2026-11-28T10:00:00Z", actor: "user_ada", note: "" }],
};
const END = { next: null, has_next: false, limit: 20 };

test("a payout is approved with one press and leaves the list", async () => {
  server.use(answers("/payouts", [PAYOUT], END));
  server.use(
    does("/payouts/7/approve", () => {
      server.use(answers("/payouts", [], END));
      return { ...PAYOUT, state: "approved" };
    }),
  );
  show(<PayoutsPanel />);

  (await screen.findByRole("button", { name: "Approve" })).click();

  expect(await screen.findByText("Nothing to decide")).toBeTruthy();
});

test("what is being sent cannot be touched, and a problem is told in words", async () => {
  const stuck = { ...PAYOUT, state: "approved", problem: "balance_too_low", can_be_taken_back: false };
  server.use(answers("/payouts", [stuck], END));
  show(<PayoutsPanel />);

  expect(await screen.findByText(/Whop balance is too low/)).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Turn down" })).toBeNull();
});

test("a list that cannot be had says so", async () => {
  server.use(refuses("/payouts", 503, "unavailable"));
  show(<PayoutsPanel />);

  expect((await screen.findByRole("alert")).textContent).toContain("could not be loaded");
});

test("everybody is paid after a question, by hand if wanted", async () => {
  let asked: unknown;
  server.use(
    answers("/payouts/overview", {
      owed: [],
      ready: [{ amount: money(2320), payouts: 2, too_small: 1 }],
      to_decide: 0,
      to_pay_by_hand: 0,
      with_problem: 0,
      minimum_usd_cents: 1000,
      second_above_usd_cents: 50_000,
    }),
    http.post("*/api/v1/payouts", async ({ request }) => {
      asked = await request.json();
      const meta = { request_id: "r", timestamp: new Date().toISOString(), version: "1" };
      return HttpResponse.json({ success: true, data: { payouts: [PAYOUT], left: 0 }, error: null, meta });
    }),
  );
  show(<ReadyPanel />);

  expect(await screen.findByText(/2 members · 1 below the smallest payout/)).toBeTruthy();
  screen.getByRole("button", { name: "Pay everybody" }).click();
  (await screen.findByRole("button", { name: "By hand" })).click();

  await expect.poll(() => asked).toEqual({ everybody: true, method: "manual" });
});
