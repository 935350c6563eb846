// @vitest-environment happy-dom
// Boards as a member meets them: their own row always, others' money never, the league's edges.
import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Place } from "@/lib/types";
import { answers, refuses, server } from "@/test/server";
import { playApi, show } from "@/test/screen";
import { BoardPanel } from "./board-panel";
import { LeaguePanel } from "./league-panel";
import { PlaceRow } from "./place-row";

playApi();

const PLACE: Place = {
  rank: 4,
  position: 4,
  member_id: "7",
  username: "marcus",
  avatar_url: null,
  character_class: null,
  level: 3,
  prestige_level: 0,
  value: 441,
  anonymous: false,
  is_me: false,
};
const HEAD = {
  type: "weekly",
  category: "commission",
  window: "weekly",
  character_class: null,
  starts_at: "2026-11-23T00:00:00.000Z",
  ends_at: "2126-11-30T00:00:00.000Z",
  closes_at: "2126-12-03T00:00:00.000Z",
  closed: false,
  members: 0,
};
const CHOICE = { type: "weekly", category: "commission" } as const;

test("a figure that is nobody's business leaves its place empty, an anonymous member has no name", () => {
  show(<PlaceRow place={{ ...PLACE, value: null, anonymous: true, username: "" }} category="commission" />);

  expect(screen.getByText("Anonymous member")).toBeDefined();
  expect(screen.queryByText(/\$/)).toBeNull();
});

test("whoever has no place yet still sees their own row, and why the board is empty", async () => {
  const me = { ...PLACE, rank: 1, position: null, value: 0, is_me: true };
  server.use(answers("/leaderboards", { board: HEAD, me, entries: [] }));
  show(<BoardPanel title="This week" choice={CHOICE} />);

  const mine = within(await screen.findByRole("group", { name: "Your place" }));
  expect(mine.getByText("You")).toBeDefined();
  expect(mine.getByText("Not on this board yet")).toBeDefined();
  expect(screen.getByText("Nobody is on this board yet")).toBeDefined();
});

test("a board that cannot be had says so and can be asked for again", async () => {
  server.use(refuses("/leaderboards", 503, "unavailable"));
  show(<BoardPanel title="This week" choice={CHOICE} />);

  expect(await screen.findByRole("button", { name: "Try again" })).toBeDefined();
});

test("a league shows who goes up and down, and where the group is cut", async () => {
  const row = (rank: number, step: number) => ({ place: { ...PLACE, rank, position: rank, value: 50 - rank }, step });
  const league = {
    in_force: true,
    tier: "silver",
    tiers: ["bronze", "silver", "gold", "platinum", "diamond"],
    group: 1,
    starts_at: HEAD.starts_at,
    ends_at: HEAD.ends_at,
    rising: 1,
    falling: 1,
    rows: [row(1, 1), row(2, 0), row(3, -1)],
    last: { starts_at: HEAD.starts_at, tier: "bronze", rank: 2, xp: 90, step: 1 },
  };
  server.use(answers("/leaderboards/league", league));
  show(<LeaguePanel />);

  const group = within(await screen.findByRole("list", { name: "Your group" }));
  expect(group.getAllByText(/Goes (up|down)/)).toHaveLength(2);
  expect(screen.getByText("Silver").closest("li")?.getAttribute("aria-current")).toBe("step");
  expect(screen.getByText(/Last week: place 2 in Bronze/)).toBeDefined();
});
