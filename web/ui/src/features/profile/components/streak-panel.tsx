// How many days in a row the member was at it, what today needs, and the week's free day.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Text } from "frosted-ui";
import { Icon } from "@/components/icons";
import { Panel } from "@/components/panel";
import { useNow } from "@/components/use-now";
import { printCount } from "@/lib/numbers";
import type { Streak } from "@/lib/types";
import { freezeText, moodOf, streakText, streakTitle } from "../streak-words";
import "./streak.css";

export function StreakPanel({ streak }: { streak: Streak }) {
  const now = useNow();
  const best = printCount(streak.best);
  return (
    <Panel title={t`Your streak`}>
      <div className="streak-now" data-mood={moodOf(streak)}>
        <span className="streak-flame">
          <Icon name="flame" size={28} />
        </span>
        <div className="streak-words">
          <Text size="4" weight="bold" render={<p />}>
            {streakTitle(streak)}
          </Text>
          <Text size="2" color="gray" render={<p />}>
            {streakText(streak, now)}
          </Text>
        </div>
      </div>
      <Text size="1" color="gray" className="streak-foot num" render={<p />}>
        <span>
          <Icon name="snow" size={14} /> {freezeText(streak)}
        </span>
        <span>
          <Trans>Best so far: {best}</Trans>
        </span>
      </Text>
    </Panel>
  );
}
