import { expect, test } from "vitest";
import { CLOSE_BAD_TICKET, CLOSE_FOREIGN_ORIGIN, CLOSE_RESTART, waitBeforeRetry } from "./backoff";

test("a stale ticket is replaced at once, but only the first time", () => {
  expect(waitBeforeRetry(CLOSE_BAD_TICKET, 1, 1)).toBe(0);
  expect(waitBeforeRetry(CLOSE_BAD_TICKET, 2, 0)).toBeGreaterThan(0);
});

test("after a restart clients come back spread over three seconds", () => {
  expect(waitBeforeRetry(CLOSE_RESTART, 1, 0)).toBe(200);
  expect(waitBeforeRetry(CLOSE_RESTART, 1, 1)).toBe(3200);
});

test("waits grow with each failure, never beyond half a minute, never to nothing", () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 20].map((failures) => waitBeforeRetry(1006, failures, 1));
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
  expect(Math.max(...waits)).toBe(30_000);
  expect(waitBeforeRetry(1006, 1, 0)).toBeGreaterThanOrEqual(500);
});

test("a refused origin is not asked again soon", () => {
  expect(waitBeforeRetry(CLOSE_FOREIGN_ORIGIN, 1, 0)).toBe(30_000);
});
