// The member's page: everything they have, in the order in which they look for it.
import { Button, Callout, Skeleton } from "frosted-ui";
import { AchievementsPanel } from "@/features/achievements/components/achievements-panel";
import { ActivityPanel } from "@/features/activity/components/activity-panel";
import { BalancePanel } from "@/features/balance/components/balance-panel";
import { useLive, useLiveState } from "@/features/live/use-live";
import { ClassPanel, FirstClassChoice } from "@/features/profile/components/class-panel";
import { Hero } from "@/features/profile/components/hero";
import { QuestPanels } from "@/features/quests/components/quest-panels";
import { ReferralPanel } from "@/features/referrals/components/referral-panel";
import { useSessionState } from "@/features/session/use-session";
import { Problem } from "@/components/problem";
import { useGetProfileQuery } from "@/lib/member";
import type { Member } from "@/lib/types";
import { PageHeader } from "./page-header";

export function Dashboard({ retrySession }: { retrySession: () => void }) {
  const { phase } = useSessionState();
  if (phase === "starting") return <Opening />;
  return (
    <div className="page">
      <PageHeader />
      {phase === "expired" && <Expired retry={retrySession} />}
      <OpenDashboard hasSession={phase === "open"} />
    </div>
  );
}

function OpenDashboard({ hasSession }: { hasSession: boolean }) {
  useLive(hasSession);
  const offline = useLiveState() === "offline" && hasSession;
  const { data: member, error, refetch } = useGetProfileQuery();
  return (
    <main className="page-main">
      <div className="offline" role="status">
        {offline && <Offline />}
      </div>
      {!member && error && <Problem what="Your profile" error={error} retry={() => void refetch()} />}
      {!member && !error && <Skeleton.Rect className="hero-skeleton" />}
      {member && <Hero member={member} />}
      {member?.character_class === null && <FirstClassChoice member={member} />}
      <div className="columns">
        <QuestPanels />
        <aside className="side" aria-label="Commission and referrals">
          {member && <Side member={member} />}
        </aside>
        <ActivityPanel />
      </div>
      <AchievementsPanel />
    </main>
  );
}

function Side({ member }: { member: Member }) {
  return (
    <>
      <BalancePanel balances={member.commission} />
      <ReferralPanel />
      {member.character_class && <ClassPanel member={member} name={member.character_class} />}
    </>
  );
}

/** The page's shape while the session opens, so that nothing jumps when it has. */
function Opening() {
  return (
    <div className="page" role="status" aria-label="Opening your page">
      <Skeleton.Rect className="header-skeleton" />
      <Skeleton.Rect className="hero-skeleton" />
      <div className="columns">
        <Skeleton.Rect className="block-skeleton" />
        <Skeleton.Rect className="block-skeleton" />
      </div>
    </div>
  );
}

function Offline() {
  return (
    <Callout.Root color="warning" className="offline-note">
      <Callout.Title>You are offline</Callout.Title>
      <Callout.Description>
        What you see may be old. It catches up by itself when the connection is back.
      </Callout.Description>
    </Callout.Root>
  );
}

function Expired({ retry }: { retry: () => void }) {
  return (
    <Callout.Root color="info" role="alert">
      <Callout.Title>Your session has ended</Callout.Title>
      <Callout.Description>Open the page from Whop again, or try once more from here.</Callout.Description>
      <Callout.Actions>
        <Button size="2" variant="soft" onClick={retry}>
          Try again
        </Button>
      </Callout.Actions>
    </Callout.Root>
  );
}
