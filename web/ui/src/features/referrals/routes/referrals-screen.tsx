// The member's links and everybody they brought.
import { t } from "@lingui/core/macro";
import { ScreenHead } from "@/components/screen-head";
import { AppealsPanel, PromoPanel } from "../components/appeals-panel";
import { LinksPanel } from "../components/links-panel";
import { ReferralList } from "../components/referral-list";
import { ReferralPanel } from "../components/referral-panel";

export default function ReferralsScreen() {
  return (
    <>
      <ScreenHead title={t`Referrals`} text={t`You earn a share of what people pay who come through your link.`} />
      <div className="columns" data-side="first">
        <ReferralList />
        <div className="side">
          <ReferralPanel />
          <LinksPanel />
          <PromoPanel />
        </div>
        <AppealsPanel />
      </div>
    </>
  );
}
