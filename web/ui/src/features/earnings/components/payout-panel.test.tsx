// @vitest-environment happy-dom
// Being paid, as the member meets it.
import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { answers, does, server } from "@/test/server";
import { playApi, show } from "@/test/screen";
import { PayoutPanel } from "./payout-panel";

playApi();

const READY = {
  currency: "usd",
  exponent: 2,
  earned_minor: 2751,
  pending_minor: 0,
  held_minor: 0,
  payable_minor: 2751,
  paid_minor: 0,
  coming: [],
  on_its_way_minor: 0,
  payable_usd_cents: 2751,
  smallest_payout_usd_cents: 1000,
};
const PAYOUT = {
  id: "7",
  member: { id: "1", username: "ada", whop_user_id: "user_ada" },
  amount: { amount_minor: 2751, currency: "usd", exponent: 2 },
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
  steps: [{ state: "requested", at: "2026-11-28T10:00:00Z", actor: null, note: "" }],
};
const END = { next: null, has_next: false, limit: 20 };

test("one press asks for everything that is ready, and the payout is there", async () => {
  let asked: unknown;
  server.use(answers("/payouts", [], END), answers("/commissions/balance", [READY]));
  server.use(
    does("/payouts", (body) => {
      asked = body;
      server.use(answers("/payouts", [PAYOUT], END));
      return { payouts: [PAYOUT], left: 0 };
    }),
  );
  show(<PayoutPanel />);

  (await screen.findByRole("button", { name: "Request payout" })).click();

  expect(await screen.findByText("asked for")).toBeTruthy();
  expect(asked).toEqual({ currency: "usd", everybody: false });
});

test("below the smallest payout the button rests and says why", async () => {
  server.use(answers("/payouts", [], END));
  server.use(answers("/commissions/balance", [{ ...READY, payable_minor: 999, payable_usd_cents: 999 }]));
  show(<PayoutPanel />);

  const button = await screen.findByRole("button", { name: "Request payout" });
  expect(button.hasAttribute("disabled") || button.getAttribute("aria-disabled") === "true").toBe(true);
  expect(screen.getByText(/The smallest payout is/).textContent).toContain("$10.00");
});

test("a payout that was turned down says why", async () => {
  const steps = [...PAYOUT.steps, { state: "rejected", at: "2026-11-28T11:00:00Z", actor: null, note: "ask in May" }];
  server.use(answers("/payouts", [{ ...PAYOUT, state: "rejected", steps }], END), answers("/commissions/balance", []));
  show(<PayoutPanel />);

  await waitFor(() => expect(screen.getByText(/the team says: ask in May/)).toBeTruthy());
  expect(screen.getByText("turned down")).toBeTruthy();
});
