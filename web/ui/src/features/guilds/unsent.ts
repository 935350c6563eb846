// Messages on their way: kept while one looks at other screens, so that nothing written is lost by a bad connection.
import { useSyncExternalStore } from "react";

export interface Unsent {
  key: string;
  text: string;
  /** Why it did not go out; empty while it is on its way. */
  problem: string;
  /** Whether it may go by itself once there is a connection again. */
  retries: boolean;
}

const NONE: readonly Unsent[] = [];
const byGuild = new Map<string, readonly Unsent[]>();
const listeners = new Set<() => void>();

function change(guild: string, messages: readonly Unsent[]): void {
  byGuild.set(guild, messages);
  listeners.forEach((heard) => heard());
}

export const unsent = {
  of: (guild: string): readonly Unsent[] => byGuild.get(guild) ?? NONE,
  /** Add a message, or say what became of one that is there. */
  put(guild: string, message: Unsent): void {
    const others = unsent.of(guild);
    const isKnown = others.some(({ key }) => key === message.key);
    change(guild, isKnown ? others.map((one) => (one.key === message.key ? message : one)) : [...others, message]);
  },
  drop(guild: string, key: string): void {
    change(
      guild,
      unsent.of(guild).filter((one) => one.key !== key),
    );
  },
};

export function useUnsent(guild: string): readonly Unsent[] {
  return useSyncExternalStore(
    (heard) => {
      listeners.add(heard);
      return () => listeners.delete(heard);
    },
    () => unsent.of(guild),
  );
}

/** A name of our own for a message, unique among ours. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
