// @vitest-environment happy-dom
// Who sees which screens, how the tabs of a phone make room, and that a fault stays where it is.
import { screen, within } from "@testing-library/react";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Panel } from "@/components/panel";
import { screensFor, type View } from "@/components/screen";
import { playApi, show } from "@/test/screen";
import { celebrated } from "@/features/live/live-slice";
import { Moment } from "@/features/live/components/moment";
import type { Role } from "@/lib/types";
import { Navigation, TABS } from "./navigation";
import { notices } from "./notices";
import { screens } from "./screens";

playApi();

const paths = (view: View, role: Role, isMember = true) =>
  screensFor(screens, view, { role, isMember }).map(({ path }) => path);

describe("who sees what", () => {
  test("a member has their own screens and none of the team's", () => {
    expect(paths("experience", "member")).toEqual([
      "",
      "quests",
      "boards",
      "guild",
      "referrals",
      "earnings",
      "achievements",
      "news",
    ]);
    expect(paths("dashboard", "member")).toEqual([]);
  });

  test("a creator is offered no link that cannot earn", () => {
    expect(paths("experience", "creator")).not.toContain("referrals");
    expect(paths("dashboard", "creator")).toEqual([
      "",
      "payouts",
      "rules",
      "referrals",
      "quests",
      "announcements",
      "data",
      "settings",
    ]);
  });

  test("an operator from outside sees the operations and nobody's figures", () => {
    expect(paths("dashboard", "admin", false)).toEqual(["operations"]);
    expect(paths("experience", "admin", false)).toEqual([]);
    expect(paths("dashboard", "admin")).toEqual(["", "operations"]);
  });

  test("the first screen of a view is among the tabs of a phone", () => {
    for (const view of ["experience", "dashboard"] as const) {
      expect(paths(view, "creator").slice(0, TABS - 1)).toContain("");
    }
  });
});

describe("the navigation", () => {
  const [first] = screens;
  const many = Array.from({ length: 8 }, (_, at) => ({ ...first!, path: at === 0 ? "" : `page-${at}` }));

  test("of more screens than tabs the rest stands behind More", () => {
    show(<Navigation base="/experiences/exp_1" screens={many} />);
    const behind = document.querySelector("#more-pages")!;
    expect(within(behind as HTMLElement).getAllByRole("link", { hidden: true })).toHaveLength(many.length - TABS + 1);
    expect(screen.getByRole("button", { name: "More" })).toBeTruthy();
  });

  test("a screen's code is fetched when somebody comes near its link", () => {
    const preload = vi.fn();
    show(<Navigation base="/experiences/exp_1" screens={[{ ...first!, preload }]} />);
    screen.getByRole("link", { name: "Home" }).focus();
    expect(preload).toHaveBeenCalled();
  });

  test("where one is is said to those who listen", () => {
    show(<Navigation base="/experiences/exp_1" screens={many.slice(0, 2)} />, "/experiences/exp_1");
    expect(screen.getAllByRole("link").map((link) => link.getAttribute("aria-current"))).toEqual(["page", null]);
  });
});

describe("a fault in one panel", () => {
  beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => undefined));

  test("leaves the others standing and can be tried again", async () => {
    let broken = true;
    const Fragile = () => {
      if (broken) throw new Error("broken");
      return <p>whole again</p>;
    };
    show(
      <>
        <Panel title="One">
          <Fragile />
        </Panel>
        <Panel title="Two">fine</Panel>
      </>,
    );
    expect(screen.getByText("fine")).toBeTruthy();
    expect(screen.getByRole("alert").textContent).toContain("This part broke.");
    broken = false;
    screen.getByRole("button", { name: "Try again" }).click();
    expect(await screen.findByText("whole again")).toBeTruthy();
  });
});

test("levels that follow each other are one moment, and it can be closed", async () => {
  const { store } = show(<Moment registry={notices} />);
  const level = (id: number) => ({ id, type: "level_up", data: { level: id }, at: "" });
  store.dispatch(celebrated([level(2)]));
  store.dispatch(celebrated([level(3), level(4)]));
  expect((await screen.findByText("Level 4")).parentElement?.textContent).toContain("You climbed 3 levels at once.");
  screen.getByRole("button", { name: "Close" }).click();
  await vi.waitFor(() => expect(screen.queryByText("Level 4")).toBeNull());
});
