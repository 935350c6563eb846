// How often a run is looked at: often while it moves, seldom while it rests.
import type { WhopRun } from "@/lib/types";
import { isOpen } from "@/lib/whop-runs";

const MOVING_MS = 2_000;
const RESTING_MS = 60_000;

export function everyMs(run: WhopRun | null | undefined): number {
  return isOpen(run) ? MOVING_MS : RESTING_MS;
}
