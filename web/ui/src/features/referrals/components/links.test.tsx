// @vitest-environment happy-dom
// Several links, and telling the creator that somebody is missing.
import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { answers, does, refuses, server } from "@/test/server";
import { playApi, show } from "@/test/screen";
import { AppealsPanel } from "./appeals-panel";
import { LinksPanel } from "./links-panel";

playApi();

const NOTHING = { clicks: 0, visitors: 0, checkouts: 0, referrals: 0, conversions: 0, renewals: 0, earned: [] };
const LINK = { code: "K7WQX2ND", url: "http://127.0.0.1/r/K7WQX2ND", expires_at: null, campaign_id: "3", plan_id: "" };
const OWN = {
  link: { ...LINK, name: "TikTok" },
  created_at: "2026-11-28T09:00:00Z",
  funnel: { ...NOTHING, visitors: 12, referrals: 3, earned: [{ amount_minor: 1323, currency: "usd", exponent: 2 }] },
};
const CAMPAIGN = {
  campaign: { id: "3", name: "Launch", is_company: true, created_at: "2026-11-28T09:00:00Z" },
  links: 1,
  funnel: NOTHING,
};

test("a link tells its campaign and how far people got", async () => {
  server.use(answers("/referrals/links", [OWN]), answers("/referrals/campaigns", { campaigns: [CAMPAIGN] }));
  show(<LinksPanel />);

  const list = await screen.findByRole("list", { name: "Your links" });
  const line = within(list).getByRole("listitem");
  expect(await within(line).findByText("Launch · TikTok")).toBeTruthy();
  expect(line.textContent).toContain("12 visitors · 3 bought");
  expect(line.textContent).toContain("$13.23");
});

test("a link without a name is not made", async () => {
  server.use(
    answers("/referrals/links", []),
    answers("/referrals/campaigns", { campaigns: [] }),
    answers("/referrals/plans", { plans: [] }),
  );
  show(<LinksPanel />);

  await userEvent.click(await screen.findByRole("button", { name: "New link" }));
  await userEvent.click(await screen.findByRole("button", { name: "Make the link" }));

  expect(await screen.findByText("Give it a name, such as the place you share it in.")).toBeTruthy();
});

test("an appeal that the server refuses says why and keeps the words", async () => {
  server.use(answers("/referrals/appeals", []), refuses("/referrals/nova/appeal", 409, "too_many_appeals", "post"));
  show(<AppealsPanel />);

  await userEvent.click(await screen.findByRole("button", { name: "Tell your creator" }));
  await userEvent.type(await screen.findByRole("textbox", { name: "Their name on Whop" }), "nova");
  await userEvent.type(screen.getByRole("textbox", { name: "How did they come?" }), "I showed them on Monday.");
  await userEvent.click(screen.getByRole("button", { name: "Send" }));

  expect(await screen.findByRole("alert")).toBeTruthy();
  expect(screen.getByDisplayValue("nova")).toBeTruthy();
});

test("an appeal is sent about the buyer that was named", async () => {
  const sent: unknown[] = [];
  server.use(
    answers("/referrals/appeals", []),
    does("/referrals/nova/appeal", (body) => {
      sent.push(body);
      return { id: "1", buyer: "nova", text: "x", state: "open" };
    }),
  );
  show(<AppealsPanel />);

  await userEvent.click(await screen.findByRole("button", { name: "Tell your creator" }));
  await userEvent.type(await screen.findByRole("textbox", { name: "Their name on Whop" }), "nova");
  await userEvent.type(screen.getByRole("textbox", { name: "How did they come?" }), "I showed them on Monday.");
  await userEvent.click(screen.getByRole("button", { name: "Send" }));

  await expect.poll(() => sent).toEqual([{ text: "I showed them on Monday." }]);
});
