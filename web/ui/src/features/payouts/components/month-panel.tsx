// The community's running month: what it cost, what was taken back and paid out, and how old the rest is.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Text } from "frosted-ui";
import { Answer, isBusy } from "@/components/answer";
import { Money } from "@/components/figures";
import { Line, List } from "@/components/list";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { Stat, Stats } from "@/components/stat";
import type { Statement } from "@/lib/types";
import { useGetCompanyMonthQuery } from "../api/payouts";
import "./payouts.css";

type Part = Statement["parts"][number];

export function MonthPanel() {
  const query = useGetCompanyMonthQuery();
  return (
    <Panel title={t`This month`} busy={isBusy(query)}>
      <Answer
        query={query}
        what={t`This month`}
        isEmpty={({ parts }) => parts.length === 0}
        empty={<Nothing title={t`Nothing yet`} text={t`Commissions of this month are summed up here.`} />}
      >
        {({ parts, owed_by_age: ages }) => (
          <>
            {parts.map((part) => (
              <Sums key={part.currency} part={part} />
            ))}
            {ages.length > 0 && (
              <>
                <Text size="2" color="gray" render={<p className="plain" />}>
                  <Trans>Owed today, by the age of the sale</Trans>
                </Text>
                <List label={t`Owed by age`}>
                  {ages.map(({ name, amount }) => (
                    <Line
                      key={`${name} ${amount.currency}`}
                      title={ageNames()[name] ?? name}
                      figures={<Money value={amount} />}
                    />
                  ))}
                </List>
              </>
            )}
          </>
        )}
      </Answer>
    </Panel>
  );
}

function Sums({ part }: { part: Part }) {
  const { currency, exponent } = part;
  const money = (amount_minor: number) => <Money value={{ amount_minor, currency, exponent }} />;
  return (
    <section className="owed" aria-label={currency.toUpperCase()}>
      <h3>{currency.toUpperCase()}</h3>
      <Stats>
        <Stat name={t`Earned by members`} value={money(part.earned_minor)} />
        <Stat name={t`Taken back`} value={money(part.taken_back_minor)} hint={t`refunds and disputes`} />
        <Stat
          name={t`Paid out`}
          value={money(part.paid_out_minor - part.returned_minor)}
          hint={t`less what came back`}
        />
        <Stat
          name={t`Still to pay`}
          value={money(part.closing.pending + part.closing.held + part.closing.payable)}
          hint={t`everything that is not paid`}
        />
      </Stats>
    </section>
  );
}

function ageNames(): Record<string, string> {
  return {
    "to 30 days": t`up to 30 days`,
    "31 to 60 days": t`31 to 60 days`,
    "61 to 90 days": t`61 to 90 days`,
    "over 90 days": t`over 90 days`,
  };
}
