// For the creator: are the books complete, and what was before them.
import { t } from "@lingui/core/macro";
import { ScreenHead } from "@/components/screen-head";
import { ImportPanel } from "../components/import-panel";
import { ReconcilePanel } from "../components/reconcile-panel";

export default function DataScreen() {
  return (
    <>
      <ScreenHead title={t`Data`} text={t`Check that nothing is missing, and bring in what you sold before.`} />
      <div className="columns">
        <ReconcilePanel />
        <ImportPanel />
      </div>
    </>
  );
}
