// What a page has of a guild's channel: each number once and in order, whichever way it came.
import type { GuildEntry } from "@/lib/types";

export interface Channel {
  entries: GuildEntry[];
  /** The newest number. */
  last: number;
  hasOlder: boolean;
  /** Open connections of the guild. */
  online: number;
  /** False while entries are asked for instead of brought. */
  isLive: boolean;
}

/** Take in entries behind those that are there; known numbers give nothing. */
export function added(channel: Channel, entries: readonly GuildEntry[]): Channel {
  const fresh = entries.filter(({ number }) => number > channel.last).sort((a, b) => a.number - b.number);
  const last = fresh.at(-1)?.number ?? channel.last;
  return fresh
    .filter(({ what }) => what === "deleted")
    .reduce((now, { about }) => taken(now, Number(about)), {
      ...channel,
      last,
      entries: [...channel.entries, ...fresh],
    });
}

/** A message was taken down: its words go, its place stays. */
export function taken(channel: Channel, number: number): Channel {
  const entries = channel.entries.map((entry) =>
    entry.number === number ? { ...entry, text: "", deleted: true } : entry,
  );
  return { ...channel, entries };
}
