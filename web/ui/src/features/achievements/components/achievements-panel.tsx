// The achievements: what is unlocked, and how far the others are.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Skeleton, Text } from "frosted-ui";
import { Answer, isBusy } from "@/components/answer";
import { Meter } from "@/components/meter";
import { OpenPanel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { printCount, printMoney, printXp } from "@/lib/numbers";
import { printDate } from "@/lib/times";
import type { Achievement, Rarity } from "@/lib/types";
import { inOrder } from "../achievement-order";
import { useGetAchievementsQuery } from "../api/get-achievements";
import { Medal } from "./medal";
import "./achievements.css";

/** All of them: what is unlocked first, then the nearest. */
export function AchievementsPanel() {
  const query = useGetAchievementsQuery();
  const total = query.data?.length ?? 0;
  const unlocked = query.data?.filter((achievement) => achievement.unlocked_at).length ?? 0;
  return (
    <OpenPanel
      title={t`Unlocked`}
      note={
        query.data && (
          <Trans>
            {unlocked} of {total} unlocked
          </Trans>
        )
      }
      busy={isBusy(query)}
    >
      <Answer
        query={query}
        what={t`Your achievements`}
        waiting={<Skeleton.Rect className="achievements-skeleton" />}
        isEmpty={(achievements) => achievements.length === 0}
        empty={<Nothing title={t`No achievements here yet`} text={t`This community has not published any.`} />}
      >
        {(achievements) => (
          <ul className="achievements" role="list">
            {inOrder(achievements).map((achievement) => (
              <Card key={achievement.key} achievement={achievement} />
            ))}
          </ul>
        )}
      </Answer>
    </OpenPanel>
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
          {rarityName(rarity)}
        </span>
        {printDate(unlockedAt)}
      </Text>
    );
  }
  return (
    <div className="achievement-foot">
      <Meter label={t`Progress of ${title}`} value={progress} goal={threshold} size="1" />
      <Text size="1" color="gray" className="num">
        <Trans>
          {amount(achievement, Math.min(progress, threshold))} of {amount(achievement, threshold)}
        </Trans>
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

function rarityName(rarity: Rarity): string {
  return { common: t`Common`, rare: t`Rare`, epic: t`Epic`, legendary: t`Legendary` }[rarity];
}
