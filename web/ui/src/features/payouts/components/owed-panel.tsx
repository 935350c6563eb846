// What the community owes, currency by currency, and the limit above which two have to agree.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Text, TextField } from "frosted-ui";
import { useState, type SubmitEvent } from "react";
import { Answer, isBusy } from "@/components/answer";
import { Field } from "@/components/field";
import { Money } from "@/components/figures";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { Stat, Stats } from "@/components/stat";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import type { PayoutOverview } from "@/lib/types";
import { useGetPayoutOverviewQuery, useSetPayoutLimitMutation } from "../api/payouts";
import "./payouts.css";

const CENTS = 100;

export function OwedPanel() {
  const query = useGetPayoutOverviewQuery();
  return (
    <Panel title={t`What you owe`} busy={isBusy(query)}>
      <Answer query={query} what={t`What you owe`}>
        {(overview) => (
          <>
            {overview.owed.length === 0 && (
              <Nothing title={t`Nothing yet`} text={t`The first commission of a member shows up here.`} />
            )}
            {overview.owed.map((owed) => (
              <Owed key={owed.paid.currency} owed={owed} />
            ))}
            <Limit key={overview.second_above_usd_cents} cents={overview.second_above_usd_cents} />
          </>
        )}
      </Answer>
    </Panel>
  );
}

function Owed({ owed }: { owed: PayoutOverview["owed"][number] }) {
  return (
    <section className="owed" aria-label={owed.paid.currency.toUpperCase()}>
      <h3>{owed.paid.currency.toUpperCase()}</h3>
      <Stats>
        <Stat name={t`Ready`} value={<Money value={owed.payable} />} hint={t`can be paid out now`} />
        <Stat
          name={t`Waiting`}

          value={<Money value={owed.pending} />}
          hint={t`refunds can still come`}
        />
        <Stat name={t`On hold`} value={<Money value={owed.held} />} hint={t`disputed or checked`} />
        <Stat name={t`On its way`} value={<Money value={owed.on_its_way} />} hint={t`asked for, not arrived`} />
        <Stat name={t`Paid out`} value={<Money value={owed.paid} />} />
        {owed.debt.amount_minor > 0 && (
          <Stat name={t`To earn back`} value={<Money value={owed.debt} />} hint={t`refunded after it was paid`} />
        )}
      </Stats>
    </section>
  );
}

/** Whole dollars: finer than that nobody sets a limit. */
function Limit({ cents }: { cents: number }) {
  const [set, { isLoading }] = useSetPayoutLimitMutation();
  const [dollars, setDollars] = useState(String(Math.round(cents / CENTS)));
  const isNumber = /^\d{1,9}$/.test(dollars);
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!isNumber) return;
    const answer = await set(Number(dollars) * CENTS);
    if (answer.error) tell("error", t`Not saved`, asFailure(answer.error).message);
    else tell("success", t`Limit saved`);
  };
  return (
    <form className="limit" onSubmit={(event) => void save(event)}>
      <Field
        name={t`Two people agree above`}
        hint={t`In US dollars. If you are the only creator, you confirm again after signing in anew.`}
        error={isNumber ? undefined : t`A whole number of dollars.`}
      >
        {(control) => (
          <TextField.Root size="3">
            <TextField.Slot>$</TextField.Slot>
            <TextField.Input
              {...control}
              inputMode="numeric"
              value={dollars}
              onChange={({ target }) => setDollars(target.value.trim())}
            />
          </TextField.Root>
        )}
      </Field>
      <Button type="submit" size="2" variant="soft" loading={isLoading} disabled={!isNumber}>
        <Trans>Save limit</Trans>
      </Button>
      <Text size="1" color="gray" render={<p />}>
        <Trans>It holds for payouts made from now on.</Trans>
      </Text>
    </form>
  );
}
