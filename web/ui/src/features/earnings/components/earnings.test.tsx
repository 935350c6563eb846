// @vitest-environment happy-dom
// The member's money, as they meet it.
import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { answers, refuses, server } from "@/test/server";
import { playApi, show } from "@/test/screen";
import { BalancePanel } from "./balance-panel";
import { CommissionTable } from "./commission-table";

playApi();

const YEAR = new Date().getUTCFullYear();
const USD = {
  currency: "usd",
  exponent: 2,
  earned_minor: 2751,
  pending_minor: 2751,
  held_minor: 0,
  payable_minor: 0,
  paid_minor: 0,
  on_its_way_minor: 0,
  payable_usd_cents: 0,
  smallest_payout_usd_cents: 1000,
};
const PROFILE = answers("/users/me/profile", { commission: [USD] });

test("the next money is told with its day", async () => {
  const ahead = { ...USD, coming: [{ due_on: `${YEAR}-12-28`, amount_minor: 2751 }] };
  server.use(answers("/commissions/balance", [ahead]), PROFILE);
  show(<BalancePanel />);

  const balance = await screen.findByTestId("balance-usd");
  expect(balance.textContent).toContain("$27.51 on 28 Dec");
  expect(within(balance).getByText("waits until no refund can come")).toBeTruthy();
});

test("a debt is named and explained", async () => {
  const debt = { ...USD, earned_minor: -300, pending_minor: 0, payable_minor: -300, coming: [] };
  server.use(answers("/commissions/balance", [debt]), PROFILE);
  show(<BalancePanel />);

  expect(await screen.findByText(/nobody asks you to pay/)).toBeTruthy();
});

test("figures that cannot be had are said to be missing, with a way to try again", async () => {
  server.use(refuses("/commissions/balance", 503, "unavailable"), PROFILE);
  show(<BalancePanel />);

  expect((await screen.findByRole("alert")).textContent).toContain("Your commission could not be loaded.");
  server.use(answers("/commissions/balance", []));
  screen.getByRole("button", { name: "Try again" }).click();
  expect(await screen.findByText("Nothing earned yet")).toBeTruthy();
});

test("each payment says where its share stands", async () => {
  const money = (amount_minor: number) => ({ amount_minor, currency: "usd", exponent: 2 });
  const one = {
    payment_id: "pay_1",
    at: "2026-11-28T10:00:00Z",
    kind: "conversion",
    base: money(4410),
    commission: money(441),
    kept: money(441),
    state: "pending",
    due_at: `${YEAR}-12-28T10:00:00Z`,
    rule_version: 1,
  };
  server.use(
    answers("/commissions", [one, { ...one, payment_id: "pay_2", state: "cancelled", kept: money(0) }], {
      has_next: false,
    }),
  );
  show(<CommissionTable />);

  const table = await screen.findByRole("table", { name: "Your commission, payment by payment" });
  const rows = within(table)
    .getAllByRole("row")
    .map((row) => row.textContent);
  expect(rows[1]).toContain("$4.41comes on 28 Dec");
  expect(rows[2]).toContain("taken back");
});
