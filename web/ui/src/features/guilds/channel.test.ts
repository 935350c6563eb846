// A guild's channel as the page keeps it: each number once and in order, whichever way it came.
import { describe, expect, test } from "vitest";
import type { GuildEntry } from "@/lib/types";
import { added, taken, type Channel } from "./channel";

const entry = (number: number, changes: Partial<GuildEntry> = {}) =>
  ({ number, type: "guild_message", text: `t${number}`, what: "", about: "", ...changes }) as GuildEntry;
const channel = (...numbers: number[]): Channel => ({
  entries: numbers.map((number) => entry(number)),
  last: numbers.at(-1) ?? 0,
  hasOlder: false,
  online: 0,
  isLive: true,
});
const numbers = ({ entries }: Channel) => entries.map(({ number }) => number);

describe("a guild's channel", () => {
  test("takes what is new, once and in order", () => {
    const now = added(channel(1, 2), [entry(4), entry(2), entry(3)]);
    expect(numbers(now)).toEqual([1, 2, 3, 4]);
    expect(now.last).toBe(4);
    expect(added(now, [entry(3), entry(4)]).entries).toHaveLength(4);
  });

  test("a message that was taken down loses its words and keeps its place", () => {
    const now = added(channel(1, 2), [entry(3, { type: "guild_changed", what: "deleted", about: "2" })]);
    expect(now.entries[1]).toMatchObject({ number: 2, text: "", deleted: true });
    expect(taken(channel(1), 1).entries[0]).toMatchObject({ text: "", deleted: true });
  });
});
