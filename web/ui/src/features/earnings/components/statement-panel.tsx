// A month of the member's money on one page: to look at, to print, and as a table.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Text } from "frosted-ui";
import { useState } from "react";
import { Answer, isBusy } from "@/components/answer";
import { Field } from "@/components/field";
import { Money } from "@/components/figures";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { tell } from "@/components/toasts";
import { serverNow } from "@/lib/clock";
import { saveFile } from "@/lib/save-file";
import type { Statement } from "@/lib/types";
import { useGetStatementQuery } from "../api/get-balances";
import "./statement-panel.css";

const MONTHS = 12;
const MONTH_LENGTH = "2026-11".length;

type Part = Statement["parts"][number];

export function StatementPanel() {
  const months = lastMonths(serverNow());
  const [month, setMonth] = useState(months[0] ?? "");
  const query = useGetStatementQuery(month);
  const save = async () => {
    const isSaved = await saveFile(`/commissions/statement?format=csv&month=${month}`, `statement-${month}.csv`);
    if (!isSaved) tell("error", t`Not saved`, t`The table could not be fetched.`);
  };
  return (
    <Panel title={t`Statement`} busy={isBusy(query)}>
      <div className="statement">
        <Field name={t`Month`} hint={t`By the day of booking, in UTC.`}>
          {(control) => (
            <select
              {...control}
              className="statement-month"
              value={month}
              onChange={({ target }) => setMonth(target.value)}
            >
              {months.map((one) => (
                <option key={one} value={one}>
                  {nameOf(one)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Answer
          query={query}
          what={t`Your statement`}
          isEmpty={({ parts }) => parts.length === 0}
          empty={<Nothing title={t`Nothing in this month`} text={t`Choose another one.`} />}
        >
          {({ parts }) => parts.map((part) => <Sums key={part.currency} part={part} />)}
        </Answer>
        <div className="statement-acts">
          <Button size="2" variant="soft" onClick={() => void save()}>
            <Trans>Save as table (CSV)</Trans>
          </Button>
          <Button size="2" variant="soft" color="gray" onClick={() => window.print()}>
            <Trans>Print or save as PDF</Trans>
          </Button>
        </div>
      </div>
    </Panel>
  );
}

function Sums({ part }: { part: Part }) {
  const money = (amount_minor: number) => ({ amount_minor, currency: part.currency, exponent: part.exponent });
  const rows = [
    { name: t`At the beginning`, amount: left(part.opening) },
    { name: t`Earned`, amount: part.earned_minor },
    { name: t`Taken back`, amount: -part.taken_back_minor },
    { name: t`Prizes`, amount: part.prizes_minor },
    { name: t`Paid out`, amount: part.returned_minor - part.paid_out_minor },
  ];
  return (
    <table className="statement-sums" aria-label={part.currency.toUpperCase()}>
      <tbody>
        {rows
          .filter(({ amount }, at) => at === 0 || amount !== 0)
          .map(({ name, amount }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <Money value={money(amount)} />
              </td>
            </tr>
          ))}
        <tr className="statement-end">
          <th scope="row">
            <Trans>At the end</Trans>
          </th>
          <td>
            <Money value={money(left(part.closing))} />
          </td>
        </tr>
      </tbody>
      <caption>
        <Text size="1" color="gray">
          <Trans>
            Of that <Money value={money(part.closing.payable)} /> ready, <Money value={money(part.closing.pending)} />{" "}
            waiting, <Money value={money(part.closing.held)} /> on hold
          </Trans>
        </Text>
      </caption>
    </table>
  );
}

/** What is still to come to the member: all but what was paid. */
function left({ pending, held, payable }: Part["opening"]): number {
  return pending + held + payable;
}

/** This month and those before it, newest first, as the API names them. */
function lastMonths(now: number): string[] {
  const first = new Date(now);
  return Array.from({ length: MONTHS }, (_, back) =>
    new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() - back, 1)).toISOString().slice(0, MONTH_LENGTH),
  );
}

function nameOf(month: string): string {
  return new Intl.DateTimeFormat("en", { month: "long", year: "numeric", timeZone: "UTC" }).format(
    new Date(`${month}-01T00:00:00Z`),
  );
}
