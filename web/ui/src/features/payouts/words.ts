// Payouts in words, as creators read them.
import { t } from "@lingui/core/macro";
import type { PayoutState } from "@/lib/types";

export function payoutStateName(state: PayoutState): string {
  return {
    requested: t`asked for`,
    approved: t`approved`,
    sending: t`being sent`,
    paid: t`paid out`,
    failed: t`did not arrive`,
    rejected: t`turned down`,
  }[state];
}

/** Why a payout does not go on, in words; empty while nothing is wrong. */
export function payoutProblem(problem: string): string {
  if (!problem) return "";
  const known: Record<string, string> = {
    balance_too_low: t`The community's Whop balance is too low. It is tried again every hour.`,
    permission_missing: t`The app may not pay from this Whop account yet: approve its permissions in Whop.`,
    no_answer: t`Whop has not answered yet. It is asked again; nothing is paid twice.`,
    never_made: t`Whop never made this transfer.`,
    transfer_differs: t`Whop tells of another transfer than was asked for. Have a look in Whop.`,
  };
  return known[problem] ?? t`Whop said no (${problem}).`;
}
