// The member's link and everybody it brought.
import { t } from "@lingui/core/macro";
import { ScreenHead } from "@/components/screen-head";
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
        </div>
      </div>
    </>
  );
}
