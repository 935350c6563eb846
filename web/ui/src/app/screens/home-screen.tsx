// The member's first screen: who they are in the game, and below it what to do today and what came of it. The level
// is what people open the page for, so it never waits for the code of what stands below.
import { t } from "@lingui/core/macro";
import { Skeleton } from "frosted-ui";
import { Suspense, useSyncExternalStore } from "react";
import { later } from "@/components/later";
import { PanelBoundary } from "@/components/panel-boundary";
import { Problem } from "@/components/problem";
import { Hero } from "@/features/profile/components/hero";
import { useGetProfileQuery } from "@/lib/member";

const HomePanels = later(() => import("./home-panels"));

export default function HomeScreen() {
  const { data: member, error, refetch } = useGetProfileQuery();
  const isPainted = useIsPainted();
  return (
    <>
      {!member && error && <Problem what={t`Your profile`} error={error} retry={() => void refetch()} />}
      {!member && !error && <Skeleton.Rect className="opening-hero" />}
      {member && <Hero member={member} />}
      <PanelBoundary>
        <Suspense fallback={<Blocks />}>{isPainted ? <HomePanels member={member} /> : <Blocks />}</Suspense>
      </PanelBoundary>
    </>
  );
}

/** False for the first picture, so that it waits for nothing that only the second one shows. */
function useIsPainted(): boolean {
  return useSyncExternalStore(afterPaint, () => painted);
}

let painted = false;

function afterPaint(changed: () => void): () => void {
  const frame = requestAnimationFrame(() => {
    painted = true;
    changed();
  });
  return () => cancelAnimationFrame(frame);
}

function Blocks() {
  return (
    <div className="columns">
      <Skeleton.Rect className="opening-block" />
      <Skeleton.Rect className="opening-block" />
    </div>
  );
}
