// The streak in the header: a flame and a number that explain themselves when pressed.
import { t } from "@lingui/core/macro";
import { Hint } from "@/components/hint";
import { Icon } from "@/components/icons";
import { useNow } from "@/components/use-now";
import { useGetProfileQuery } from "@/lib/member";
import { printCount } from "@/lib/numbers";
import { freezeText, moodOf, streakText, streakTitle } from "../streak-words";
import "./streak.css";

export function StreakBadge() {
  const now = useNow();
  const { data: member } = useGetProfileQuery();
  if (!member) return null;
  const { streak } = member;
  const title = streakTitle(streak);
  return (
    <Hint about={t`Your streak: ${title}`} text={`${title}. ${streakText(streak, now)} ${freezeText(streak)}`}>
      <span className="streak-badge num" data-mood={moodOf(streak)} data-testid="streak">
        <Icon name="flame" size={18} />
        {printCount(streak.days)}
      </span>
    </Hint>
  );
}
