// What came since the last visit, what to do next, and what one more sale would bring.
import { plural, t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Skeleton, Text } from "frosted-ui";
import { Icon, type IconName } from "@/components/icons";
import { Panel } from "@/components/panel";
import { useNow } from "@/components/use-now";
import { useGetOutlookQuery, useGetSinceQuery } from "@/lib/ahead";
import { printCount, printMoney, printXp } from "@/lib/numbers";
import { printAgo } from "@/lib/times";
import type { Member, Outlook, Quest, SinceVisit } from "@/lib/types";
import { nextStep, type NextStep } from "../next-step";
import "./ahead.css";

/** What is looked ahead with until somebody has bought: a usual price in these communities. */
const USUAL_SALE = { amount_minor: 4900, currency: "usd" };

interface AheadProps {
  member: Member;
  /** Undefined until they are known. */
  quests: readonly Quest[] | undefined;
  canEarn: boolean;
}

export function AheadPanel({ member, quests, canEarn }: AheadProps) {
  const now = useNow();
  const { data: since, error } = useGetSinceQuery();
  return (
    <Panel title={t`Next step`}>
      {since && hasNews(since) && <Since since={since} now={now} />}
      <NextStepLine step={nextStep(member, quests)} canEarn={canEarn} />
      {canEarn && (since || error) && <OneMoreSale sale={since?.usual_sale ?? USUAL_SALE} />}
      {canEarn && !since && !error && <Skeleton.Rect className="ahead-waiting" />}
    </Panel>
  );
}

function hasNews({ since, clicks, sales, xp }: SinceVisit): boolean {
  return since !== null && (clicks > 0 || sales > 0 || xp !== 0);
}

function Since({ since, now }: { since: SinceVisit; now: number }) {
  const ago = since.since ? printAgo(since.since, now) : "";
  const told = [
    since.sales > 0 && plural(since.sales, { one: "# sale", other: "# sales" }),
    since.clicks > 0 && plural(since.clicks, { one: "# click", other: "# clicks" }),
    ...since.commission.map((money) => printMoney(money, { signed: true })),
    since.xp !== 0 && printXp(since.xp),
  ].filter(Boolean);
  return (
    <p className="ahead-since num">
      <Text size="1" color="gray">
        <Trans>Since your last visit, {ago}</Trans>
      </Text>
      <b>{told.join(" · ")}</b>
    </p>
  );
}

function NextStepLine({ step, canEarn }: { step: NextStep; canEarn: boolean }) {
  const { icon, title, text } = wordsFor(step, canEarn);
  return (
    <div className="ahead-step">
      <span className="ahead-icon">
        <Icon name={icon} size={22} />
      </span>
      <div>
        <Text size="3" weight="bold" render={<p />}>
          {title}
        </Text>
        <Text size="2" color="gray" render={<p />}>
          {text}
        </Text>
      </div>
    </div>
  );
}

function wordsFor(step: NextStep, canEarn: boolean): { icon: IconName; title: string; text: string } {
  switch (step.kind) {
    case "claim": {
      const xp = printCount(step.quest.reward_xp);
      return { icon: "trophy", title: t`Claim ${step.quest.title}`, text: t`It is done. ${xp} XP wait for you.` };
    }
    case "streak":
      return {
        icon: "flame",
        title: t`Save your streak`,
        text: t`It ends tonight. A referral or a claimed quest keeps it.`,
      };
    case "quest": {
      const left = printCount(step.quest.target - step.quest.progress);
      return { icon: "scroll", title: t`Finish ${step.quest.title}`, text: t`Only ${left} to go.` };
    }
    case "sale":
      return canEarn
        ? { icon: "link", title: t`Share your link`, text: t`One more sale brings you this:` }
        : { icon: "scroll", title: t`Take on a quest`, text: t`Today's quests are below.` };
  }
}

function OneMoreSale({ sale }: { sale: { amount_minor: number; currency: string } }) {
  const { data } = useGetOutlookQuery({ amount_minor: sale.amount_minor, currency: sale.currency });
  if (!data) return null;
  const price = printMoney(data.sale);
  return (
    <dl className="ahead-sale" aria-label={t`What one more sale of ${price} would bring`}>
      <div>
        <dt>
          <Trans>One more sale of {price}</Trans>
        </dt>
        <dd className="num">{printMoney(data.commission, { signed: true })}</dd>
      </div>
      {data.game && <Game game={data.game} />}
    </dl>
  );
}

function Game({ game }: { game: NonNullable<Outlook["game"]> }) {
  const { now, then } = game.level;
  const ability = game.ability && game.ability_xp > 0 ? `${game.ability} ${printXp(game.ability_xp)}` : "";
  const extras = [
    then > now && t`Level ${then}`,
    game.rank.then < game.rank.now && t`Rank ${printCount(game.rank.now)} → ${printCount(game.rank.then)}`,
    ...game.achievements.map(({ title }) => t`Achievement: ${title}`),
    ...game.quests.map(({ title, xp }) => t`Finishes ${title}, ${printXp(xp)} to claim`),
  ].filter((word) => word !== false);
  return (
    <>
      <div>
        <dt>{ability ? t`XP, with ${ability}` : "XP"}</dt>
        <dd className="num">{printXp(game.xp)}</dd>
      </div>
      {extras.length > 0 && (
        <div className="ahead-extras">
          <dt className="hidden">
            <Trans>And</Trans>
          </dt>
          <dd>
            {extras.map((word) => (
              <span key={word} className="chip">
                {word}
              </span>
            ))}
          </dd>
        </div>
      )}
    </>
  );
}
