// One line of the activity, which opens to show how its figures were computed.
import { Text } from "frosted-ui";
import { useId, useState } from "react";
import { Icon, type IconName } from "@/components/icons";
import { printMoney, printXp } from "@/lib/numbers";
import { printAgo } from "@/lib/times";
import type { Receipt } from "@/lib/types";
import { abilityOf } from "../ability";
import { explain, type Sum } from "../explain";

type Tone = "gain" | "loss" | "plain";

export function ReceiptItem({ receipt, now }: { receipt: Receipt; now: number }) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const ability = abilityOf(receipt);
  return (
    <li className="receipt" data-tone={toneOf(receipt)}>
      <button
        type="button"
        className="receipt-line"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <span className="receipt-icon">
          <Icon name={iconOf(receipt)} />
        </span>
        <span className="receipt-words">
          <Text size="2" weight="medium" className="receipt-title">
            {receipt.title}
          </Text>
          <Text size="1" color="gray" render={<time dateTime={receipt.posted_at} />}>
            {printAgo(receipt.posted_at, now)}
            {ability && ` · ${ability.name} ${printXp(ability.xp)}`}
          </Text>
        </span>
        <Figures receipt={receipt} />
        <Icon name="chevron" />
      </button>
      <div id={id} className="receipt-how" hidden={!open}>
        {open && <Explanation receipt={receipt} />}
      </div>
    </li>
  );
}

function Figures({ receipt }: { receipt: Receipt }) {
  return (
    <span className="receipt-figures num">
      {receipt.commission && receipt.commission.amount_minor !== 0 && (
        <b>{printMoney(receipt.commission, { signed: true })}</b>
      )}
      {receipt.xp !== 0 && <span>{printXp(receipt.xp)}</span>}
    </span>
  );
}

function Explanation({ receipt }: { receipt: Receipt }) {
  const { note, sums, facts } = explain(receipt);
  return (
    <>
      {note && (
        <Text size="2" render={<p />}>
          {note}
        </Text>
      )}
      {sums.map((sum) => (
        <SumTable key={sum.caption} sum={sum} />
      ))}
      <dl className="receipt-facts">
        {facts.map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function SumTable({ sum }: { sum: Sum }) {
  return (
    <table className="sum">
      <caption>{sum.caption}</caption>
      <tbody>
        {sum.steps.map(({ sign, label, value, result }) => (
          <tr key={label} data-result={result || undefined}>
            <th scope="row">
              <span className="sum-sign">{sign}</span>
              {label}
            </th>
            <td className="num">{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function toneOf(receipt: Receipt): Tone {
  const money = receipt.commission?.amount_minor ?? 0;
  if (money < 0 || receipt.xp < 0) return "loss";
  return money > 0 || receipt.xp > 0 ? "gain" : "plain";
}

function iconOf(receipt: Receipt): IconName {
  if (toneOf(receipt) === "loss") return "undo";
  if (receipt.kind === "quest") return "scroll";
  if (receipt.kind === "achievement") return "trophy";
  if (receipt.kind === "lesson") return "book";
  return receipt.reason === "renewal" ? "repeat" : "person";
}
