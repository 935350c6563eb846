// For creators: what the community owes, paying everybody who is ready, and each payout to decide about.
import { t } from "@lingui/core/macro";
import { ScreenHead } from "@/components/screen-head";
import { MonthPanel } from "../components/month-panel";
import { OwedPanel } from "../components/owed-panel";
import { PayoutsPanel } from "../components/payouts-panel";
import { PoolPanel } from "../components/pool-panel";
import { ReadyPanel } from "../components/ready-panel";

export default function PayoutsScreen() {
  return (
    <>
      <ScreenHead title={t`Payouts`} text={t`What your members earned, and how it gets to them.`} />
      <div className="columns">
        <PayoutsPanel />
        <div className="side">
          <ReadyPanel />
          <OwedPanel />
          <MonthPanel />
          <PoolPanel />
        </div>
      </div>
    </>
  );
}
