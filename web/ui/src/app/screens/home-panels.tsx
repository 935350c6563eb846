// What stands below the member's level: today's quests, money, link, class, and what happened.
import { t } from "@lingui/core/macro";
import { ActivityPanel } from "@/features/activity/components/activity-panel";
import { BalancePanel } from "@/features/earnings/components/balance-panel";
import { ClassPanel, FirstClassChoice } from "@/features/profile/components/class-panel";
import { QuestPanels } from "@/features/quests/components/quest-panels";
import { ReferralPanel } from "@/features/referrals/components/referral-panel";
import { useSessionState } from "@/features/session/use-session";
import type { Member } from "@/lib/types";

export default function HomePanels({ member }: { member: Member | undefined }) {
  const { role } = useSessionState();
  return (
    <>
      {member?.character_class === null && <FirstClassChoice member={member} />}
      <div className="columns">
        <QuestPanels only="daily" />
        <aside className="side" aria-label={t`Commission and referrals`}>
          <BalancePanel />
          {/* A creator earns nothing by a link of their own. */}
          {role !== "creator" && <ReferralPanel />}
          {member?.character_class && <ClassPanel member={member} name={member.character_class} />}
        </aside>
        <ActivityPanel />
      </div>
    </>
  );
}
