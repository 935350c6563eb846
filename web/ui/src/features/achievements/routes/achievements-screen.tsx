// What the member has unlocked, and what comes next.
import { t } from "@lingui/core/macro";
import { ScreenHead } from "@/components/screen-head";
import { AchievementsPanel } from "../components/achievements-panel";
import { PerksPanel } from "../components/perks-panel";

export default function AchievementsScreen() {
  return (
    <>
      <ScreenHead title={t`Achievements`} text={t`Once unlocked they are yours for good.`} />
      <AchievementsPanel />
      <PerksPanel />
    </>
  );
}
