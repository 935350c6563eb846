// The creator's view of who brought whom: what is decided, what is asked, and what counts for whom.
import { t } from "@lingui/core/macro";
import { ScreenHead } from "@/components/screen-head";
import { AppealsPanel } from "../components/appeals-panel";
import { CampaignsPanel } from "../components/campaigns-panel";
import { CreditedPanel } from "../components/credited-panel";
import { TiesPanel } from "../components/ties-panel";
import "../components/crediting.css";

export default function CreditScreen() {
  return (
    <>
      <ScreenHead title={t`Referrals`} text={t`Who brought whom. A decision of yours stands above links and codes.`} />
      <div className="columns">
        <CreditedPanel />
        <div className="side">
          <AppealsPanel />
          <CampaignsPanel />
          <TiesPanel />
        </div>
      </div>
    </>
  );
}
