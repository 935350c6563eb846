import { describe, expect, test } from "vitest";
import { NoticeLog } from "./notice-log";
import type { Notice } from "./types";

const notice = (id?: number): Notice => ({ id, type: "level_up", data: {}, at: "" });
const hello = (last_id: number, changes = {}) => ({ last_id, complete: true, epoch: "a", ...changes });
const ids = (notices: Notice[]) => notices.map((entry) => entry.id);

function logAt(cursor: number): NoticeLog {
  const log = new NoticeLog();
  log.begin(cursor);
  log.greet(hello(cursor));
  return log;
}

describe("a log of numbered notices", () => {
  test("shows a number that comes twice once", () => {
    const log = logAt(4);
    expect(ids(log.accept(notice(5)))).toEqual([5]);
    expect(log.accept(notice(5))).toEqual([]);
    expect(log.accept(notice(2))).toEqual([]);
  });

  test("holds what comes too early until the gap is filled, then gives all in order", () => {
    const log = logAt(4);
    expect(log.accept(notice(7))).toEqual([]);
    expect(log.accept(notice(6))).toEqual([]);
    expect(log.hasGap()).toBe(true);
    expect(ids(log.accept(notice(5)))).toEqual([5, 6, 7]);
    expect(log.hasGap()).toBe(false);
  });

  test("lets news without a number through at once", () => {
    expect(logAt(4).accept(notice(undefined))).toHaveLength(1);
  });

  test("takes a page in any order and skips what it has seen", () => {
    const log = logAt(4);
    log.accept(notice(5));
    const page = { ...hello(7), notices: [notice(7), notice(5), notice(6)] };
    const { ready, continues } = log.acceptPage(page);
    expect(continues).toBe(true);
    expect(ids(ready)).toEqual([6, 7]);
    expect(log.cursor).toBe(7);
  });

  test.each([
    ["another epoch", hello(9, { epoch: "b" })],
    ["an incomplete list", hello(9, { complete: false })],
    ["numbers that went back", hello(2)],
  ])("starts over after %s", (_why, greeting) => {
    const log = logAt(4);
    log.accept(notice(6));
    expect(log.greet(greeting)).toBe(false);
    expect(log.cursor).toBe(greeting.last_id);
    expect(log.hasGap()).toBe(false);
    expect(log.greet(greeting)).toBe(greeting.complete);
  });
});
