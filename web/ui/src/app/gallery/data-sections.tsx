// Figures, lists, tables and charts.
import { Chart } from "@/components/chart";
import { Ago, Count, DateOf, Day, MomentOf, Money, Xp } from "@/components/figures";
import { Emblem, type ClassName } from "@/components/emblem";
import { Line, List } from "@/components/list";
import { Meter } from "@/components/meter";
import { Stat, Stats } from "@/components/stat";
import { DataTable } from "@/components/table";
import { serverNow } from "@/lib/clock";
import { printMoney } from "@/lib/numbers";
import type { Section } from "./section";

const HUGE = { amount_minor: 123_456_789_012_345, currency: "usd", exponent: 2 };
const SMALL = { amount_minor: -441, currency: "eur", exponent: 2 };
const DAYS = Array.from({ length: 28 }, (_, at) => new Date(Date.UTC(2026, 10, at + 1)).toISOString().slice(0, 10));
const ROWS = [
  { id: "1", name: "marcus", amount: 441 },
  { id: "2", name: "a name that is far too long for the place it is given on a phone", amount: 123_456_789 },
];

function Figures() {
  const before = new Date(serverNow() - 240_000).toISOString();
  return (
    <div className="gallery-row">
      <Money value={HUGE} />
      <Money value={SMALL} signed />
      <Money value={{ amount_minor: 5_000, currency: "jpy", exponent: 0 }} />
      <Money value={{ amount_minor: 10_000, currency: "kwd", exponent: 3 }} />
      <Xp value={272} />
      <Xp value={-81} />
      <Count value={1_234_567} />
      <Ago at={before} />
      <DateOf at={before} />
      <MomentOf at={before} />
      <Day day="2026-12-28" />
    </div>
  );
}

function StatTiles() {
  return (
    <Stats columns={4}>
      <Stat name="Plain" value={<Count value={7} />} />
      <Stat name="With a hint" value={<Money value={HUGE} />} hint="what it means, in plain sight" />
      <Stat name="A part" value={<Money value={SMALL} />} part="pending" hint="coloured as in the bar" />
      <Stat name="A loss" value={<Money value={SMALL} />} loss />
    </Stats>
  );
}

function Meters() {
  return (
    <>
      <Meter label="Empty" value={0} goal={10} />
      <Meter label="Half" value={5} goal={10} />
      <Meter label="Done" value={10} goal={10} color="success" />
      <Meter label="More than all" value={99} goal={10} />
    </>
  );
}

function Lists() {
  return (
    <List label="People">
      {ROWS.map(({ id, name, amount }) => (
        <Line
          key={id}
          title={name}
          text="Completed · 4 min ago"
          figures={
            <>
              <Money value={{ amount_minor: amount, currency: "usd", exponent: 2 }} />
              <small>on 28 Dec</small>
            </>
          }
        />
      ))}
    </List>
  );
}

function Tables() {
  return (
    <DataTable
      caption="People and amounts"
      columns={[
        { key: "name", name: "Name", cell: ({ name }) => name },
        {
          key: "amount",
          name: "Amount",
          isFigure: true,
          cell: ({ amount }) => <Money value={{ amount_minor: amount, currency: "usd", exponent: 2 }} />,
        },
      ]}
      rows={ROWS}
      keyOf={({ id }) => id}
    />
  );
}

function Charts() {
  return (
    <Chart
      label="Commission a day"
      dayName="Day"
      days={DAYS}
      series={[{ name: "Commission", color: "violet", values: DAYS.map((_, at) => 100 + ((at * 37) % 90) * 25) }]}
      print={printCents}
    />
  );
}

function printCents(cents: number): string {
  return printMoney({ amount_minor: cents, currency: "usd", exponent: 2 });
}

function Emblems() {
  return (
    <div className="gallery-row">
      {(["novice", "scout", "sage", "champion"] as ClassName[]).map((name) => (
        <Emblem key={name} name={name} />
      ))}
    </div>
  );
}

export const dataSections: Section[] = [
  { name: "Money, XP, counts, moments", Example: Figures },
  { name: "Stat tile", Example: StatTiles },
  { name: "Meter", Example: Meters },
  { name: "List", Example: Lists },
  { name: "Table", Example: Tables },
  { name: "Chart", Example: Charts },
  { name: "Emblem", Example: Emblems },
];
