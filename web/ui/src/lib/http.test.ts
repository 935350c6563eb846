import { expect, test } from "vitest";
import { serverNow } from "./clock";
import { read } from "./http";

const meta = { request_id: "r", timestamp: "2026-11-22T12:00:00Z", version: "1" };

test("an envelope is opened, with its page", () => {
  const page = { next: "c", has_next: true, limit: 8 };
  expect(read(200, { success: true, data: [1], error: null, meta, page })).toEqual({ ok: true, data: [1], page });
});

test("a refusal keeps its code and details", () => {
  const error = { code: "class_change_too_early", message: "Too early.", details: { available_at: "x" } };
  const answer = read(409, { success: false, data: null, error, meta });
  expect(answer).toEqual({ ok: false, failure: { kind: "refused", status: 409, ...error } });
});

test.each([["<html>"], [null], [[]], [{ ok: 1 }]])("a proxy's page counts as unreachable: %o", (body) => {
  const answer = read(502, body);
  expect(answer.ok || answer.failure.kind).toBe("unreachable");
});

test("the server's clock is taken from each answer, and nonsense leaves it alone", () => {
  read(200, { success: true, data: null, error: null, meta: { ...meta, timestamp: "2031-01-01T00:00:00Z" } });
  expect(Math.abs(serverNow() - Date.parse("2031-01-01T00:00:00Z"))).toBeLessThan(1_000);
  read(200, { success: true, data: null, error: null, meta: { ...meta, timestamp: "soon" } });
  expect(Math.abs(serverNow() - Date.parse("2031-01-01T00:00:00Z"))).toBeLessThan(1_000);
});
