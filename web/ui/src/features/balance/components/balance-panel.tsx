// What the member has earned, per currency, and where each part of it stands.
import { Callout, Heading, Text } from "frosted-ui";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { printMoney } from "@/lib/numbers";
import type { Balance, Money } from "@/lib/types";
import { shares } from "../shares";
import "./balance-panel.css";

const PARTS = [
  { key: "payable", title: "Payable", hint: "ready to be paid out" },
  { key: "pending", title: "Pending", hint: "until the refund period is over" },
  { key: "held", title: "On hold", hint: "a dispute or review is open" },
  { key: "paid", title: "Paid out", hint: "already yours" },
] as const;

export function BalancePanel({ balances }: { balances: Balance[] }) {
  return (
    <Panel title="Commission">
      {balances.length === 0 && (
        <Nothing title="Nothing earned yet" text="Your first referral's payment shows up here within seconds." />
      )}
      {balances.map((balance) => (
        <CurrencyBalance key={balance.currency} balance={balance} />
      ))}
    </Panel>
  );
}

function CurrencyBalance({ balance }: { balance: Balance }) {
  const money = (amount_minor: number): Money => ({ ...balance, amount_minor });
  const debt = balance.payable_minor < 0 ? -balance.payable_minor : 0;
  return (
    <div className="balance" data-testid={`balance-${balance.currency}`}>
      <div className="balance-earned">
        <Heading size="7" className="num" render={<p />}>
          {printMoney(money(balance.earned_minor))}
        </Heading>
        <Text size="1" color="gray">
          earned
        </Text>
      </div>
      <div className="balance-bar" aria-hidden="true">
        {shares(balance).map(({ part, percent }) => (
          <span key={part} data-part={part} style={{ width: `${percent}%` }} />
        ))}
      </div>
      <dl className="balance-parts">
        {PARTS.map(({ key, title, hint }) => (
          <div key={key}>
            <dt data-part={key} title={hint}>
              {title}
            </dt>
            <dd className="num" data-debt={(key === "payable" && debt > 0) || undefined}>
              {printMoney(money(balance[`${key}_minor`]))}
            </dd>
          </div>
        ))}
      </dl>
      {debt > 0 && <Debt amount={money(debt)} />}
    </div>
  );
}

function Debt({ amount }: { amount: Money }) {
  return (
    <Callout.Root color="warning">
      <Callout.Title>{printMoney(amount)} to earn back</Callout.Title>
      <Callout.Description>
        A payment was refunded after you had been paid for it. Your next commissions fill this first; nobody asks you
        to pay.
      </Callout.Description>
    </Callout.Root>
  );
}
