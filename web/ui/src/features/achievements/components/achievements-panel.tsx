// The achievements: what is unlocked, what comes next, and all the others on request.
import { Button, Skeleton, Text } from "frosted-ui";
import { useId, useState } from "react";
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

/** One row on a desk, full rows of two or three on anything smaller. */
const SHOWN_FIRST = 6;

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
      {achievements && achievements.length > 0 && <Shelf achievements={inOrder(achievements)} />}
    </OpenPanel>
  );
}

function Shelf({ achievements }: { achievements: Achievement[] }) {
  const id = useId();
  const [all, setAll] = useState(false);
  return (
    <>
      <ul id={id} className="achievements">
        {(all ? achievements : achievements.slice(0, SHOWN_FIRST)).map((achievement) => (
          <Card key={achievement.key} achievement={achievement} />
        ))}
      </ul>
      {achievements.length > SHOWN_FIRST && (
        <Button
          className="achievements-more"
          size="2"
          variant="soft"
          color="gray"
          aria-expanded={all}
          aria-controls={id}
          onClick={() => setAll(!all)}
        >
          {all ? "Show less" : `Show all ${printCount(achievements.length)}`}
        </Button>
      )}
    </>
  );
}

function Card({ achievement }: { achievement: Achievement }) {
  return (
    <li className="achievement" data-locked={!achievement.unlocked_at || undefined}>
      <Medal achievement={achievement} />
      <Text size="2" weight="semi-bold" render={<h3 />}>
        {achievement.title}
      </Text>
      <Text size="1" color="gray" className="achievement-text" render={<p />}>
        {achievement.description}
      </Text>
      <Standing achievement={achievement} />
    </li>
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
