import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Batch } from "./batch";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the first of a burst goes at once, the rest together a moment later", () => {
  const handed: number[][] = [];
  const batch = new Batch<number>(400, (items) => handed.push(items));
  batch.add([1]);
  batch.add([2]);
  batch.add([3, 4]);
  expect(handed).toEqual([[1]]);
  vi.advanceTimersByTime(400);
  expect(handed).toEqual([[1], [2, 3, 4]]);
  vi.advanceTimersByTime(400);
  batch.add([5]);
  expect(handed.at(-1)).toEqual([5]);
});

test("nothing is handed over after the end", () => {
  const handed: number[][] = [];
  const batch = new Batch<number>(400, (items) => handed.push(items));
  batch.add([1]);
  batch.add([2]);
  batch.stop();
  vi.advanceTimersByTime(1_000);
  expect(handed).toEqual([[1]]);
});
