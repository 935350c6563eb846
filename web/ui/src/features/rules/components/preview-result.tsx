// What a draft would have changed, in the order a creator asks: what it costs, who gains, what the game feels like.
import { t } from "@lingui/core/macro";
import { Text } from "frosted-ui";
import { Money, Xp } from "@/components/figures";
import { Line, List } from "@/components/list";
import { Stat, Stats } from "@/components/stat";
import { DataTable } from "@/components/table";
import { printCount, printMoney, printRate, shiftPoint } from "@/lib/numbers";
import type { Money as MoneyValue, PreviewFound } from "@/lib/types";

type Changed = PreviewFound["most_gained"][number];
type Pair = PreviewFound["xp"];

const usd = (cents: number): MoneyValue => ({ amount_minor: cents, currency: "usd", exponent: 2 });

export function PreviewResult({ result, days }: { result: PreviewFound; days: number }) {
  const { gain, lose, same } = result.members;
  const [gaining, losing, unchanged] = [printCount(gain), printCount(lose), printCount(same)];
  return (
    <div className="preview" aria-live="polite">
      <Text size="2" weight="medium" render={<p />}>
        {t`The last ${days} days by your draft`}
      </Text>
      {result.warnings.length > 0 && (
        <ul className="preview-warnings" role="list">
          {result.warnings.map(({ code, of, percent }) => (
            <li key={`${code} ${of}`}>{warningFor(code, nameIn(result, code, of), percent)}</li>
          ))}
        </ul>
      )}
      <Stats columns={2}>
        {result.commission.map(({ now, then }) => (
          <Stat
            key={now.currency}
            name={t`Commission, ${now.currency.toUpperCase()}`}
            value={<Money value={then} />}
            hint={t`instead of ${printMoney(now)}`}
          />
        ))}
        <Stat name={t`XP`} value={printCount(result.xp.then)} hint={t`instead of ${printCount(result.xp.now)}`} />
        <Stat
          name={t`Average level`}
          value={shiftPoint(result.level_average_hundredths.then, 2)}
          hint={t`instead of ${shiftPoint(result.level_average_hundredths.now, 2)}`}
        />
        <Stat name={t`Members who gain`} value={gaining} hint={t`${losing} lose, ${unchanged} see no change`} />
      </Stats>
      {result.classes.length > 0 && (
        <DataTable
          caption={t`What payments brought each class`}
          columns={[
            { key: "class", name: t`Class`, cell: (one) => classTitle(one.character_class) },
            { key: "xp", name: t`XP`, isFigure: true, cell: ({ xp }) => <Both pair={xp} /> },
            { key: "usd", name: t`Commission`, isFigure: true, cell: ({ usd_cents }) => <BothUsd pair={usd_cents} /> },
          ]}
          rows={result.classes}
          keyOf={(one) => one.character_class}
        />
      )}
      {result.quests.length > 0 && (
        <DataTable
          caption={t`How many quests were finished`}
          columns={[
            { key: "quest", name: t`Quest`, cell: ({ title }) => title },
            { key: "given", name: t`Given`, isFigure: true, cell: ({ given }) => printCount(given) },
            {
              key: "done",
              name: t`Finished`,
              isFigure: true,
              cell: ({ done_bp }) => `${printRate(done_bp.now)} → ${printRate(done_bp.then)}`,
            },
          ]}
          rows={result.quests}
          keyOf={({ template }) => template}
        />
      )}
      <Side title={t`Who gains most`} members={result.most_gained} />
      <Side title={t`Who loses most`} members={result.most_lost} />
    </div>
  );
}

function Both({ pair }: { pair: Pair }) {
  return (
    <>
      {printCount(pair.now)} → {printCount(pair.then)}
    </>
  );
}

function BothUsd({ pair }: { pair: Pair }) {
  return (
    <>
      {printMoney(usd(pair.now))} → {printMoney(usd(pair.then))}
    </>
  );
}

function Side({ title, members }: { title: string; members: Changed[] }) {
  if (members.length === 0) return null;
  return (
    <section className="preview-side">
      <Text size="2" weight="medium" render={<h3 />}>
        {title}
      </Text>
      <List label={title}>
        {members.map(({ member_id, username, xp, usd_cents, level }) => (
          <Line
            key={member_id}
            title={username}
            text={level.now === level.then ? t`stays level ${level.now}` : t`level ${level.now} → ${level.then}`}
            figures={
              <>
                <Money value={usd(usd_cents.then - usd_cents.now)} signed /> · <Xp value={xp.then - xp.now} />
              </>
            }
          />
        ))}
      </List>
    </section>
  );
}

function classTitle(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function nameIn(result: PreviewFound, code: string, of: string): string {
  if (code.startsWith("quest_")) return result.quests.find(({ template }) => template === of)?.title ?? of;
  return code.startsWith("class_") ? classTitle(of) : of.toUpperCase();
}

function warningFor(code: string, name: string, percent: number): string {
  switch (code) {
    case "pays_much_more":
      return t`You would have paid ${percent} % more in ${name}.`;
    case "levels_inflate":
      return t`Members would have got ${percent} % more XP: levels lose their worth.`;
    case "class_dominates_xp":
      return t`${name} takes ${percent} % of the XP: few would play another class.`;
    case "class_dominates_money":
      return t`${name} takes ${percent} % of the commission: few would play another class.`;
    case "quest_too_easy":
      return t`“${name}” is finished by ${percent} %: too easy to be a quest. 35 to 60 % feels right.`;
    case "quest_too_hard":
      return t`“${name}” is finished by ${percent} %: most would give up. 35 to 60 % feels right.`;
    default:
      return `${name}: ${percent} %`;
  }
}
