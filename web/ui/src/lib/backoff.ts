// How long to wait before the next attempt. Pure: the chance comes in as a number from 0 to 1.

export const CLOSE_BAD_TICKET = 4001;
export const CLOSE_FOREIGN_ORIGIN = 4003;
export const CLOSE_TOO_SLOW = 4008;
export const CLOSE_RESTART = 1012;

const FIRST_MS = 500;
const LONGEST_MS = 30_000;
/** After a restart everybody comes back at once: spread over this long. */
const SPREAD_MS = 3_000;

/**
 * Wait after a socket ended with `code` as the `failures`th failure in a row (from 1).
 * A stale ticket is replaced at once, the first time; a refused origin will not change soon.
 */
export function waitBeforeRetry(code: number, failures: number, chance: number): number {
  if (code === CLOSE_BAD_TICKET && failures <= 1) return 0;
  if (code === CLOSE_FOREIGN_ORIGIN) return LONGEST_MS;
  if ((code === CLOSE_RESTART || code === CLOSE_TOO_SLOW) && failures <= 1) {
    return 200 + Math.round(chance * SPREAD_MS);
  }
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);
  return Math.round(ceiling / 2 + (chance * ceiling) / 2);
}
