// Being paid: one button for everything that is ready, and each payout as it goes on.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Badge, Button, Text } from "frosted-ui";
import { Answer, isBusy } from "@/components/answer";
import { Ago, Money } from "@/components/figures";
import { Line, List } from "@/components/list";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import { isOpen, useGetPayoutsInfiniteQuery, useMakePayoutsMutation } from "@/lib/payouts";
import type { BalanceAhead, Payout, PayoutState } from "@/lib/types";
import { useGetBalancesQuery } from "../api/get-balances";
import { payoutStateName } from "../payout-words";
import "./payout-panel.css";

export function PayoutPanel() {
  const query = useGetPayoutsInfiniteQuery({ mine: true, state: "" });
  const { data: balances = [] } = useGetBalancesQuery();
  const payouts = query.data?.pages.flatMap((page) => page.payouts);
  return (
    <Panel title={t`Payouts`} busy={isBusy(query)}>
      {balances
        .filter((balance) => balance.payable_minor > 0)
        .map((balance) => (
          <Ready key={balance.currency} balance={balance} />
        ))}
      <Answer
        query={{ ...query, data: payouts }}
        what={t`Your payouts`}
        isEmpty={(all) => all.length === 0}
        empty={<Nothing title={t`No payouts yet`} text={t`Once money is ready you can have it paid out here.`} />}
      >
        {(all) => (
          <List label={t`Your payouts`}>
            {all.map((payout) => (
              <Paid key={payout.id} payout={payout} />
            ))}
          </List>
        )}
      </Answer>
      {query.hasNextPage && (
        <Button
          size="2"
          variant="soft"
          color="gray"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          <Trans>Show older</Trans>
        </Button>
      )}
    </Panel>
  );
}

/** What is ready in one currency, with the button, or with what is still missing for it. */
function Ready({ balance }: { balance: BalanceAhead }) {
  const [make, { isLoading }] = useMakePayoutsMutation();
  const { currency, exponent, payable_minor: amount_minor } = balance;
  const isEnough = balance.payable_usd_cents >= balance.smallest_payout_usd_cents;
  const ask = async () => {
    const answer = await make({ currency, everybody: false });
    if (answer.error) tell("error", t`Not asked for`, asFailure(answer.error).message);
    else tell("success", t`Payout asked for`, t`The team is told. You see here how it goes on.`);
  };
  const smallest = { amount_minor: balance.smallest_payout_usd_cents, currency: "usd", exponent: 2 };
  return (
    <div className="payout-ready" data-testid={`ready-${currency}`}>
      <p>
        <b>
          <Money value={{ amount_minor, currency, exponent }} />
        </b>{" "}
        <Trans>ready</Trans>
      </p>
      <Button size="3" variant="solid" disabled={!isEnough} loading={isLoading} onClick={() => void ask()}>
        <Trans>Request payout</Trans>
      </Button>
      {!isEnough && (
        <Text size="1" color="gray" render={<p />}>
          <Trans>
            The smallest payout is <Money value={smallest} />. Your next commissions are added to this.
          </Trans>
        </Text>
      )}
    </div>
  );
}

function Paid({ payout }: { payout: Payout }) {
  const last = payout.steps.at(-1);
  return (
    <Line
      title={<Money value={payout.amount} />}
      text={
        <>
          {sentence(payout)}
          {last && (
            <>
              {" · "}
              <Ago at={last.at} />
            </>
          )}
        </>
      }
      figures={
        <Badge size="2" color={colorOf(payout.state)}>
          {payoutStateName(payout.state)}
        </Badge>
      }
    />
  );
}

/** What is happening to it, for somebody who waits. */
function sentence({ state, needs_second, steps }: Payout): string {
  const note = steps.at(-1)?.note ?? "";
  switch (state) {
    case "requested":
      return needs_second ? t`two of the team have a look` : t`the team has a look`;
    case "approved":
      return t`about to be sent`;
    case "sending":
      return t`Whop is moving the money`;
    case "paid":
      return t`it is yours`;
    case "failed":
      return t`the money is ready again`;
    case "rejected":
      return note ? t`the team says: ${note}` : t`the money is ready again`;
  }
}

function colorOf(state: PayoutState): "green" | "red" | "amber" | "blue" {
  if (state === "paid") return "green";
  if (isOpen(state)) return state === "requested" ? "amber" : "blue";
  return "red";
}
