// The session against a played network: what matters is how often it asks and whom it tells.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Failure } from "./http";
import { Session } from "./session";

const START = Date.parse("2026-11-22T12:00:00Z");
let answers: (() => Response)[];
let asked: string[];

function opened(token: string, minutes = 15) {
  return () => {
    const now = new Date(Date.now());
    const expires_at = new Date(now.getTime() + minutes * 60_000).toISOString();
    return envelope(200, { success: true, data: { token, expires_at }, error: null }, now);
  };
}

function refused(status: number, code: string) {
  return () =>
    envelope(
      status,
      { success: false, data: null, error: { code, message: "No.", details: {} } },
      new Date(Date.now()),
    );
}

function envelope(status: number, body: object, now: Date): Response {
  return new Response(JSON.stringify({ ...body, meta: { timestamp: now.toISOString() } }), { status });
}

function start() {
  const session = new Session();
  const failures: Failure[] = [];
  let openings = 0;
  session.start(
    { experience_id: "exp_demo" },
    { opened: () => (openings += 1), lost: (failure) => failures.push(failure) },
  );
  return { session, failures, openings: () => openings };
}

beforeEach(() => {
  vi.useFakeTimers({ now: START });
  answers = [];
  asked = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (!answer) throw new TypeError("network");
    return answer();
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

test("asks by a relative address, so that Whop's proxy can sign it", async () => {
  answers = [opened("one")];
  const { session } = start();
  await pass(0);
  expect(asked).toEqual(["/api/v1/auth"]);
  expect(session.currentToken()).toBe("one");
});

test("renews before the token ends", async () => {
  answers = [opened("one"), opened("two")];
  const { session, openings } = start();
  await pass(13 * 60_000);
  expect(session.currentToken()).toBe("two");
  expect(openings()).toBe(2);
});

test("three refused calls together ask for one new session", async () => {
  answers = [opened("one"), opened("two")];
  const { session } = start();
  await pass(0);
  const tokens = await Promise.all([session.renewed("one"), session.renewed("one"), session.renewed("one")]);
  expect(tokens).toEqual(["two", "two", "two"]);
  expect(asked).toHaveLength(2);
});

test("a caller whose token was replaced meanwhile asks for nothing", async () => {
  answers = [opened("one"), opened("two")];
  const { session } = start();
  await pass(0);
  await session.renewed("one");
  expect(await session.renewed("one")).toBe("two");
  expect(asked).toHaveLength(2);
});

test("a visitor whom nobody vouches for is told so once", async () => {
  answers = [refused(401, "token_missing")];
  const { session, failures } = start();
  await pass(60_000);
  expect(failures).toHaveLength(1);
  expect(asked).toHaveLength(1);
  expect(session.currentToken()).toBeUndefined();
});

test("a renewal that meets a dead network tries again quietly", async () => {
  answers = [opened("one"), refused(503, "unavailable"), opened("two")];
  const { session, failures } = start();
  await pass(12 * 60_000 + 6_000);
  expect(failures).toEqual([]);
  expect(session.currentToken()).toBe("two");
});

test("nothing is asked after the end", async () => {
  answers = [opened("one")];
  const { session } = start();
  await pass(0);
  session.close();
  await pass(60 * 60_000);
  expect(asked).toHaveLength(1);
});
