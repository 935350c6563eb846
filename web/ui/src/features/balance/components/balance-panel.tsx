// What the member has earned, per currency, and where each part of it stands.
import { Callout, Heading, Text } from "frosted-ui";
import { Icon } from "@/components/icons";
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

/** The currencies come with the main one first. */
export function BalancePanel({ balances }: { balances: Balance[] }) {
  const [main, ...others] = balances;
  return (
    <Panel title="Commission">
      {balances.length === 0 && (
        <Nothing title="Nothing earned yet" text="Your first referral's payment shows up here within seconds." />
      )}
      {main && <MainBalance balance={main} />}
      {others.length > 0 && (
        <div className="balance-others">
          {others.map((balance) => (
            <OtherBalance key={balance.currency} balance={balance} />
          ))}
        </div>
      )}
    </Panel>
  );
}

function MainBalance({ balance }: { balance: Balance }) {
  return (
    <div className="balance" data-testid={`balance-${balance.currency}`}>
      <div className="balance-earned">
        <Heading size="7" className="num" render={<p />}>
          {printMoney(money(balance, balance.earned_minor))}
        </Heading>
        <Text size="1" color="gray">
          earned
        </Text>
      </div>
      <Bar balance={balance} />
      <Parts balance={balance} />
    </div>
  );
}

/** One line that opens to the same parts; a debt stands open. */
function OtherBalance({ balance }: { balance: Balance }) {
  return (
    <details
      className="balance-other"
      data-testid={`balance-${balance.currency}`}
      open={debtOf(balance) > 0 || undefined}
    >
      <summary>
        <b className="num">{printMoney(money(balance, balance.earned_minor))}</b>
        <Text size="1" color="gray">
          earned
        </Text>
        <Bar balance={balance} />
        <Icon name="chevron" />
      </summary>
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

function Parts({ balance }: { balance: Balance }) {
  const debt = debtOf(balance);
  return (
    <>
      <dl className="balance-parts">
        {PARTS.map(({ key, title, hint }) => (
          <div key={key}>
            <dt data-part={key} title={hint}>
              {title}
            </dt>
            <dd className="num" data-debt={(key === "payable" && debt > 0) || undefined}>
              {printMoney(money(balance, balance[`${key}_minor`]))}
            </dd>
          </div>
        ))}
      </dl>
      {debt > 0 && <Debt amount={money(balance, debt)} />}
    </>
  );
}

function debtOf(balance: Balance): number {
  return Math.max(-balance.payable_minor, 0);
}

function money({ currency, exponent }: Balance, amount_minor: number): Money {
  return { amount_minor, currency, exponent };
}

function Debt({ amount }: { amount: Money }) {
  return (
    <Callout.Root color="warning">
      <Callout.Title>{printMoney(amount)} to earn back</Callout.Title>
      <Callout.Description>
        A payment was refunded after you had been paid for it. Your next commissions fill this first; nobody asks you to
        pay.
      </Callout.Description>
    </Callout.Root>
  );
}
