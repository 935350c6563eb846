// When money comes and how: the next days, and the way it takes.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Text } from "frosted-ui";
import { Answer, isBusy } from "@/components/answer";
import { Day, Money } from "@/components/figures";
import { Line, List } from "@/components/list";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { useGetRulesQuery } from "@/lib/rules";
import { printDays } from "@/lib/times";
import { useGetBalancesQuery } from "../api/get-balances";

export function ComingPanel() {
  const query = useGetBalancesQuery();
  const { data: rules } = useGetRulesQuery();
  const coming = query.data
    ?.flatMap(({ currency, exponent, coming: days }) => days.map((day) => ({ ...day, currency, exponent })))
    .sort((a, b) => a.due_on.localeCompare(b.due_on));
  const hold = printDays(rules?.hold_days ?? 0);
  return (
    <Panel title={t`What comes when`} busy={isBusy(query)}>
      {rules && (
        <Text size="2" color="gray" className="coming-how" render={<p />}>
          <Trans>
            Each payment waits {hold}, so that the buyer can still ask for a refund. Then your share is ready to be paid
            out.
          </Trans>
        </Text>
      )}
      <Answer
        query={{ ...query, data: coming }}
        what={t`What is coming`}
        isEmpty={(days) => days.length === 0}
        empty={
          <Nothing title={t`Nothing is waiting`} text={t`The share of your next referral shows up here at once.`} />
        }
      >
        {(days) => (
          <List label={t`What comes when`}>
            {days.map(({ due_on, amount_minor, currency, exponent }) => (
              <Line
                key={`${due_on} ${currency}`}
                title={<Day day={due_on} />}
                figures={<Money value={{ amount_minor, currency, exponent }} />}
              />
            ))}
          </List>
        )}
      </Answer>
    </Panel>
  );
}
