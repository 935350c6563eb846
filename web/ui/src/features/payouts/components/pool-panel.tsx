// The reward pool: what prizes can be paid from, and booking funds into it.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, TextField } from "frosted-ui";
import { useState, type SubmitEvent } from "react";
import { Answer, isBusy } from "@/components/answer";
import { Field } from "@/components/field";
import { Money } from "@/components/figures";
import { Line, List } from "@/components/list";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { Stat, Stats } from "@/components/stat";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import { useBookFundsMutation, useGetPoolsQuery } from "../api/payouts";
import "./payouts.css";

const DOLLARS = /^-?\d{1,9}$/;
const CENTS = 100;

export function PoolPanel() {
  const query = useGetPoolsQuery();
  return (
    <Panel title={t`Reward pool`} busy={isBusy(query)}>
      <Answer query={query} what={t`The reward pool`}>
        {({ balances, reserves }) => (
          <>
            {balances.length === 0 && (
              <Nothing title={t`Empty`} text={t`Book funds to give quests and seasons cash prizes.`} />
            )}
            {balances.map(({ free, reserved, prizes }) => (
              <Stats key={free.currency}>
                <Stat name={t`Free`} value={<Money value={free} />} hint={t`for new prizes`} />
                <Stat name={t`Reserved`} value={<Money value={reserved} />} hint={t`promised to winners`} />
                <Stat name={t`Won`} value={<Money value={prizes} />} />
              </Stats>
            ))}
            {reserves.length > 0 && (
              <List label={t`Reserved for`}>
                {reserves.map(({ purpose, left }) => (
                  <Line key={`${purpose} ${left.currency}`} title={purpose} figures={<Money value={left} />} />
                ))}
              </List>
            )}
            <Funds />
          </>
        )}
      </Answer>
    </Panel>
  );
}

function Funds() {
  const [book, { isLoading }] = useBookFundsMutation();
  const [dollars, setDollars] = useState("");
  const isWrong = dollars !== "" && (!DOLLARS.test(dollars) || Number(dollars) === 0);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const answer = await book({ amount_minor: Number(dollars) * CENTS, currency: "usd", note: "" });
    if (answer.error) {
      tell("error", t`Not booked`, asFailure(answer.error).message);
      return;
    }
    setDollars("");
    tell("success", t`Booked`);
  };
  return (
    <form className="limit" onSubmit={(event) => void submit(event)}>
      <Field
        name={t`Book funds`}
        hint={t`Whole US dollars. Below zero takes back what is free.`}
        error={isWrong ? t`A whole number of dollars.` : undefined}
      >
        {(control) => (
          <TextField.Root size="3">
            <TextField.Slot>$</TextField.Slot>
            <TextField.Input
              {...control}
              inputMode="text"
              value={dollars}
              onChange={({ target }) => setDollars(target.value.trim())}
            />
          </TextField.Root>
        )}
      </Field>
      <Button type="submit" size="2" variant="soft" loading={isLoading} disabled={dollars === "" || isWrong}>
        <Trans>Book</Trans>
      </Button>
    </form>
  );
}
