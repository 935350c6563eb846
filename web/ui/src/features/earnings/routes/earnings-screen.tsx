// The member's money: what is there, what comes when, and which payments it is from.
import { t } from "@lingui/core/macro";
import { ScreenHead } from "@/components/screen-head";
import { BalancePanel } from "../components/balance-panel";
import { ComingPanel } from "../components/coming-panel";
import { PayoutPanel } from "../components/payout-panel";
import { StatementPanel } from "../components/statement-panel";
import { CommissionTable } from "../components/commission-table";

export default function EarningsScreen() {
  return (
    <>
      <ScreenHead title={t`Earnings`} />
      <div className="columns" data-side="first">
        <CommissionTable />
        <div className="side">
          <BalancePanel />
          <PayoutPanel />
          <ComingPanel />
          <StatementPanel />
        </div>
      </div>
    </>
  );
}
