// What stands below the member's level: today's quests, money, link, class, and what happened.
import { t } from "@lingui/core/macro";
import { ActivityPanel } from "@/features/activity/components/activity-panel";
import { AheadPanel } from "@/features/ahead/components/ahead-panel";
import { BalancePanel } from "@/features/earnings/components/balance-panel";
import { ClassPanel, FirstClassChoice } from "@/features/profile/components/class-panel";
import { PrestigePanel } from "@/features/profile/components/prestige-panel";
import { StreakPanel } from "@/features/profile/components/streak-panel";
import { useGetQuestsQuery } from "@/features/quests/api/get-quests";
import { QuestPanels } from "@/features/quests/components/quest-panels";
import { ReferralPanel } from "@/features/referrals/components/referral-panel";
import { useSessionState } from "@/features/session/use-session";
import type { Member } from "@/lib/types";

export default function HomePanels({ member }: { member: Member | undefined }) {
  const { role } = useSessionState();
  const { data: quests } = useGetQuestsQuery();
  return (
    <>
      {member && <AheadPanel member={member} quests={quests} canEarn={role !== "creator"} />}
      {member && <PrestigePanel member={member} />}
      {member?.character_class === null && <FirstClassChoice member={member} />}
      <div className="columns">
        <QuestPanels only="daily" />
        <aside className="side" aria-label={t`Commission and referrals`}>
          <BalancePanel />
          {/* A creator earns nothing by a link of their own. */}
          {role !== "creator" && <ReferralPanel />}
          {member && <StreakPanel streak={member.streak} />}
          {member?.character_class && <ClassPanel member={member} name={member.character_class} />}
        </aside>
        <ActivityPanel />
      </div>
    </>
  );
}
