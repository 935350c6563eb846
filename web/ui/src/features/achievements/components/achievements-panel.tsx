// The achievements as a strip: what is unlocked, and what comes next.
import { Skeleton, Text } from "frosted-ui";
import { Meter } from "@/components/meter";
import { OpenPanel } from "@/components/panel";
import { Nothing, Problem } from "@/components/problem";
import { printCount, printMoney, printXp } from "@/lib/numbers";
import { printDate } from "@/lib/times";
import type { Achievement } from "@/lib/types";
import { inOrder } from "../achievement-order";
import { useGetAchievementsQuery } from "../api/get-achievements";
import { Medal } from "./medal";
import "./achievements.css";

export function AchievementsPanel() {
  const { data: achievements, error, refetch } = useGetAchievementsQuery();
  const unlocked = achievements?.filter((achievement) => achievement.unlocked_at).length ?? 0;
  return (
    <OpenPanel
      title="Achievements"
      note={achievements && `${unlocked} of ${achievements.length} unlocked`}
      busy={!achievements && !error}
    >
      {!achievements && error && <Problem what="Your achievements" error={error} retry={() => void refetch()} />}
      {achievements?.length === 0 && (
        <Nothing title="No achievements here yet" text="This community has not published any." />
      )}
      {!error && !achievements && <Skeleton.Rect className="achievements-skeleton" />}
      {achievements && achievements.length > 0 && <Strip achievements={inOrder(achievements)} />}
    </OpenPanel>
  );
}

/** Scrolls sideways and holds nothing to press, so it takes the focus itself: the arrow keys then move it. */
function Strip({ achievements }: { achievements: Achievement[] }) {
  return (
    <ul className="achievements" tabIndex={0} aria-label="Achievements, scrolls sideways">
      {achievements.map((achievement) => (
        <li key={achievement.key} className="achievement" data-locked={!achievement.unlocked_at || undefined}>
          <Medal achievement={achievement} />
          <Text size="2" weight="semi-bold" render={<h3 />}>
            {achievement.title}
          </Text>
          <Text size="1" color="gray" className="achievement-text" render={<p />}>
            {achievement.description}
          </Text>
          <Standing achievement={achievement} />
        </li>
      ))}
    </ul>
  );
}

function Standing({ achievement }: { achievement: Achievement }) {
  const { progress, threshold, unlocked_at: unlockedAt, title, reward_xp: reward, rarity } = achievement;
  if (unlockedAt) {
    return (
      <Text size="1" color="gray" className="achievement-foot">
        <span className="rarity" data-rarity={rarity}>
          {rarity}
        </span>
        {printDate(unlockedAt)}
      </Text>
    );
  }
  return (
    <div className="achievement-foot">
      <Meter label={`Progress of ${title}`} value={progress} goal={threshold} size="1" />
      <Text size="1" color="gray" className="num">
        {amount(achievement, Math.min(progress, threshold))} of {amount(achievement, threshold)}
      </Text>
      <Text size="1" color="gray" className="num achievement-reward">
        {printXp(reward)}
      </Text>
    </div>
  );
}

/** Metrics named in cents are US dollars; all others are counts. */
function amount({ metric }: Achievement, value: number): string {
  if (!metric.endsWith("_cents")) return printCount(value);
  return printMoney({ amount_minor: value, currency: "usd", exponent: 2 }).replace(/\.00$/, "");
}
