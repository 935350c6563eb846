// What a comparison with Whop is doing, in words.
import { msg, t } from "@lingui/core/macro";
import type { MessageDescriptor } from "@lingui/core";
import type { WhopRun } from "./types";

export const PARTS: readonly WhopRun["part"][] = ["payment", "refund", "dispute", "membership"];

const LISTS: Record<WhopRun["part"], MessageDescriptor> = {
  payment: msg`Reading payments`,
  refund: msg`Reading refunds`,
  dispute: msg`Reading disputes`,
  membership: msg`Reading memberships`,
};

export function isOpen(run: WhopRun | null | undefined): boolean {
  return run ? ["asking", "settling", "undoing"].includes(run.state) : false;
}

/** One line: what it does right now, or how it ended. */
export function stateOf(run: WhopRun, translate: (words: MessageDescriptor) => string): string {
  if (run.state === "asking") return problemOf(run) || translate(LISTS[run.part]);
  if (run.state === "settling") return t`Adding what was missing`;
  if (run.state === "undoing") return t`Taking it back`;
  if (run.state === "undone") return t`Taken back`;
  if (run.state === "stopped") return t`Stopped: Whop does not let the app read this. Check its permissions.`;
  return run.holes === 0 ? t`Nothing was missing` : t`Done`;
}

function problemOf(run: WhopRun): string {
  if (run.problem === "rate_limited") return t`Whop is busy, it goes on in a moment`;
  if (run.problem === "unreachable") return t`Whop does not answer, it is tried again`;
  return "";
}
