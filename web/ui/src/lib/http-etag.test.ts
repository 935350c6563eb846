// "Nothing changed" costs a few bytes and gives what was read before.
import { afterEach, expect, test, vi } from "vitest";
import { call, forgetAnswers } from "./http";

const asked: (string | null)[] = [];

function play(...answers: (() => Response)[]) {
  vi.stubGlobal("fetch", async (_path: string, init: RequestInit) => {
    asked.push(new Headers(init.headers).get("If-None-Match"));
    return answers.shift()!();
  });
}

const full = (data: unknown, etag: string) => () =>
  new Response(JSON.stringify({ success: true, data, error: null, meta: {} }), { headers: { ETag: etag } });
const unchanged = () => new Response(null, { status: 304 });

afterEach(() => {
  vi.unstubAllGlobals();
  forgetAnswers();
  asked.length = 0;
});

test("an answer is asked for by its tag, and a 304 stands for it", async () => {
  play(full([1], 'W/"a"'), unchanged, full([2], 'W/"b"'));
  expect(await call({ path: "/quests" })).toMatchObject({ ok: true, data: [1] });
  expect(await call({ path: "/quests" })).toMatchObject({ ok: true, data: [1] });
  expect(await call({ path: "/quests" })).toMatchObject({ ok: true, data: [2] });
  expect(asked).toEqual([null, 'W/"a"', 'W/"a"']);
});

test("somebody else's answers are forgotten, and writing is never asked by a tag", async () => {
  play(full([1], 'W/"a"'), full([2], 'W/"b"'), full([3], 'W/"c"'));
  await call({ path: "/quests" });
  await call({ path: "/quests", method: "POST", body: {} });
  forgetAnswers();
  await call({ path: "/quests" });
  expect(asked).toEqual([null, null, null]);
});
