// Payouts in words, as the member reads them.
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
