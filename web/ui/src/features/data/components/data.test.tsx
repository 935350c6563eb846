// @vitest-environment happy-dom
// Comparing with Whop and bringing history in, as a creator meets them.
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { answers, does, server } from "@/test/server";
import { playApi, show } from "@/test/screen";
import { ImportPanel } from "./import-panel";
import { ReconcilePanel } from "./reconcile-panel";

playApi();

const RUN = {
  id: "1",
  kind: "reconcile",
  state: "done",
  part: "membership",
  since: "2026-11-20T00:00:00Z",
  until: null,
  looked: 120,
  holes: 3,
  filled: 3,
  failed: 0,
  problem: "",
  asked_by: "",
  next_at: "2026-11-28T00:00:00Z",
  started_at: "2026-11-28T00:00:00Z",
  finished_at: "2026-11-28T00:01:00Z",
};
const IMPORT = {
  can_ask: true,
  run: { ...RUN, kind: "import" },
  installed_at: "2026-11-01T00:00:00Z",
  can_undo: true,
  withdrawn: 0,
};

test("what was missing and what was added is said, and comparing now shows its progress", async () => {
  server.use(
    answers("/company/reconcile", { can_ask: true, run: RUN }),
    does("/company/reconcile", () => ({ can_ask: true, run: { ...RUN, state: "asking", part: "refund" } })),
  );
  show(<ReconcilePanel />);
  expect((await screen.findByText("Missing")).closest(".stat")?.textContent).toContain("3");

  await userEvent.click(screen.getByRole("button", { name: "Compare now" }));

  expect(await screen.findByText("Reading refunds")).toBeTruthy();
  expect(screen.getByLabelText("Progress")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Compare now" })).toHaveProperty("disabled", true);
});

test("without a key nothing can be asked, and it says so", async () => {
  server.use(answers("/company/reconcile", { can_ask: false, run: null }));
  show(<ReconcilePanel />);

  expect(await screen.findByText(/no API key/)).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Compare now" })).toBeNull();
});

test("taking an import back asks first", async () => {
  let undone = false;
  server.use(
    answers("/company/import", IMPORT),
    does("/company/import/undo", () => {
      undone = true;
      return { ...IMPORT, can_undo: false, run: { ...IMPORT.run, state: "undoing" } };
    }),
  );
  show(<ImportPanel />);

  await userEvent.click(await screen.findByRole("button", { name: "Take the import back" }));
  expect(await screen.findByRole("heading", { name: "Take the import back?" })).toBeTruthy();
  expect(undone).toBe(false);
  await userEvent.click(screen.getByRole("button", { name: "Take it back" }));

  expect(await screen.findByText("Taking it back")).toBeTruthy();
});

test("a day after the installation is refused before anything is asked", async () => {
  server.use(answers("/company/import", { ...IMPORT, run: null, can_undo: false }));
  show(<ImportPanel />);

  await userEvent.type(await screen.findByLabelText("Since"), "2026-11-02");
  await userEvent.click(screen.getByRole("button", { name: "Bring it in" }));

  expect((await screen.findByRole("alert")).textContent).toContain("before the app was installed");
});
