// What the member has earned, per currency, where each part of it stands, and when the next of it comes.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Callout, Skeleton, Text } from "frosted-ui";
import { Answer, isBusy } from "@/components/answer";
import { Day, Money } from "@/components/figures";
import { Icon } from "@/components/icons";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { Stat, Stats } from "@/components/stat";
import { printMoney } from "@/lib/numbers";
import { useGetProfileQuery } from "@/lib/member";
import type { Balance, BalanceAhead, Coming, Money as MoneyValue } from "@/lib/types";
import { useGetBalancesQuery } from "../api/get-balances";
import { mainFirst } from "../main-first";
import { shares } from "../shares";
import "./balance-panel.css";

export function BalancePanel() {
  const query = useGetBalancesQuery();
  const { data: member } = useGetProfileQuery();
  return (
    <Panel title={t`Commission`} busy={isBusy(query)}>
      <Answer
        query={query}
        what={t`Your commission`}
        waiting={<Skeleton.Rect className="balance-skeleton" />}
        isEmpty={(balances) => balances.length === 0}
        empty={
          <Nothing
            title={t`Nothing earned yet`}
            text={t`Your first referral's payment shows up here within seconds.`}
          />
        }
      >
        {(balances) => <Balances balances={mainFirst(balances, member?.commission ?? [])} />}
      </Answer>
    </Panel>
  );
}

function Balances({ balances: [main, ...others] }: { balances: BalanceAhead[] }) {
  return (
    <>
      {main && <MainBalance balance={main} />}
      {others.length > 0 && (
        <div className="balance-others">
          {others.map((balance) => (
            <OtherBalance key={balance.currency} balance={balance} />
          ))}
        </div>
      )}
    </>
  );
}

function MainBalance({ balance }: { balance: BalanceAhead }) {
  return (
    <div className="balance" data-testid={`balance-${balance.currency}`}>
      <p className="balance-earned">
        <b>
          <Money value={money(balance, balance.earned_minor)} />
        </b>{" "}
        <span>
          <Trans>earned</Trans>
        </span>
      </p>
      <Bar balance={balance} />
      <NextComing balance={balance} next={balance.coming[0]} />
      <Parts balance={balance} />
    </div>
  );
}

/** "$27.51 comes on 28 Dec". */
function NextComing({ balance, next }: { balance: BalanceAhead; next: Coming | undefined }) {
  if (!next) return null;
  return (
    <p className="balance-next">
      <Icon name="clock" />
      <span>
        <Trans>
          <b>
            <Money value={money(balance, next.amount_minor)} />
          </b>{" "}
          on{" "}
          <b>
            <Day day={next.due_on} />
          </b>
        </Trans>
      </span>
    </p>
  );
}

/** One line that opens to the same parts; a debt stands open. */
function OtherBalance({ balance }: { balance: BalanceAhead }) {
  return (
    <details
      className="balance-other"
      data-testid={`balance-${balance.currency}`}
      open={debtOf(balance) > 0 || undefined}
    >
      <summary>
        <b>
          <Money value={money(balance, balance.earned_minor)} />
        </b>
        <Text size="1" color="gray">
          <Trans>earned</Trans>
        </Text>
        <Bar balance={balance} />
        <Icon name="chevron" />
      </summary>
      <NextComing balance={balance} next={balance.coming[0]} />
      <Parts balance={balance} />
    </details>
  );
}

function Bar({ balance }: { balance: Balance }) {
  return (
    <div className="balance-bar" aria-hidden="true">
      {shares(balance).map(({ part, percent }) => (
        <span key={part} data-part={part} style={{ width: `${percent}%` }} />
      ))}
    </div>
  );
}

function Parts({ balance }: { balance: BalanceAhead }) {
  const debt = debtOf(balance);
  const moving = printMoney(money(balance, balance.on_its_way_minor));
  return (
    <>
      <Stats>
        {partNames().map(({ key, name, hint }) => (
          <Stat
            key={key}
            name={name}
            part={key}
            hint={key === "paid" && balance.on_its_way_minor > 0 ? t`${moving} of it is on its way to you` : hint}
            value={<Money value={money(balance, balance[`${key}_minor`])} />}
            loss={key === "payable" && debt > 0}
          />
        ))}
      </Stats>
      {debt > 0 && <Debt amount={money(balance, debt)} />}
    </>
  );
}

function partNames() {
  return [
    { key: "payable", name: t`Ready`, hint: t`can be paid out now` },
    { key: "pending", name: t`On its way`, hint: t`waits until no refund can come` },
    { key: "held", name: t`On hold`, hint: t`a payment is disputed or checked` },
    { key: "paid", name: t`Paid out`, hint: t`already yours` },
  ] as const;
}

function debtOf(balance: Balance): number {
  return Math.max(-balance.payable_minor, 0);
}

function money({ currency, exponent }: Balance, amount_minor: number): MoneyValue {
  return { amount_minor, currency, exponent };
}

function Debt({ amount }: { amount: MoneyValue }) {
  return (
    <Callout.Root color="warning">
      <Callout.Title>
        <Trans>
          <Money value={amount} /> to earn back
        </Trans>
      </Callout.Title>
      <Callout.Description>
        <Trans>
          A payment was refunded after you had been paid for it. Your next commissions fill this first; nobody asks you
          to pay.
        </Trans>
      </Callout.Description>
    </Callout.Root>
  );
}
