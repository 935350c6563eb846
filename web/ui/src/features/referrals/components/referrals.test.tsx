// @vitest-environment happy-dom
// The link and the list of referrals, as a member meets them.
import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { answers, does, refuses, server } from "@/test/server";
import { playApi, show } from "@/test/screen";
import { ReferralList } from "./referral-list";
import { ReferralPanel } from "./referral-panel";

playApi();

const LINK = { code: "K7WQX2ND", url: "http://127.0.0.1/r/K7WQX2ND", expires_at: null };
const STATS = {
  link: null,
  clicks: 3,
  pending: 1,
  completed: 2,
  reversed: 0,
  refunded: 0,
  expired: 0,
  conversions: 2,
  earned: [],
};
const PAGE = { next: null, has_next: false, limit: 20 };
const PROFILE = answers("/users/me/profile", { total_referrals: 2 });

test("a link is offered only once it is known that there is none", async () => {
  server.use(refuses("/referrals/stats", 503, "unavailable"), PROFILE);
  show(<ReferralPanel />);

  expect(await screen.findByRole("alert")).toHaveProperty(
    "textContent",
    expect.stringContaining("Your link could not be loaded."),
  );
  expect(screen.queryByRole("button", { name: "Get my link" })).toBeNull();
});

test("asking for a link shows it", async () => {
  server.use(
    answers("/referrals/stats", STATS),
    PROFILE,
    does("/referrals/generate", () => LINK),
  );
  show(<ReferralPanel />);

  await userEvent.click(await screen.findByRole("button", { name: "Get my link" }));

  const field = await screen.findByRole("textbox", { name: "Your referral link" });
  expect(field).toHaveProperty("value", LINK.url);
});

test("a referral says what it earned and on which day that comes", async () => {
  const referral = {
    id: "user_1",
    buyer_username: "marcus",
    state: "completed",
    source: "code",
    started_at: "2026-11-28T09:00:00Z",
    conversion_at: "2026-11-28T10:00:00Z",
    commission: { amount_minor: 2751, currency: "usd", exponent: 2 },
    due_at: `${new Date().getFullYear()}-12-28T10:00:00Z`,
  };
  server.use(answers("/referrals", [referral], PAGE));
  show(<ReferralList />);

  const list = await screen.findByRole("list", { name: "People you brought" });
  const [line] = within(list).getAllByRole("listitem");
  expect(line?.textContent).toContain("marcus");
  expect(line?.textContent).toContain("$27.51on 28 Dec");
});

test("nobody yet is said, not shown as an empty space", async () => {
  server.use(answers("/referrals", [], PAGE));
  show(<ReferralList />);

  expect(await screen.findByText("Nobody yet")).toBeTruthy();
});
