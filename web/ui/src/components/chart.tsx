// A line over days. The chart library (uPlot, 23 kB) is fetched where the first chart is shown; the figures stand
// beside it as a table for those who do not see it.
import { Skeleton } from "frosted-ui";
import { lazy, Suspense } from "react";
import type { ChartProps } from "./chart-canvas";
import { DataTable } from "./table";

const ChartCanvas = lazy(() => import("./chart-canvas"));

export function Chart(props: ChartProps) {
  const { label, dayName, days, series, print } = props;
  return (
    <figure className="chart">
      <Suspense fallback={<Skeleton.Rect className="chart-skeleton" />}>
        <ChartCanvas {...props} />
      </Suspense>
      <div className="hidden">
        <DataTable
          caption={label}
          columns={[
            { key: "day", name: dayName, cell: (row) => row.day },
            ...series.map(({ name, values }) => ({
              key: name,
              name,
              isFigure: true,
              cell: ({ at }: { at: number }) => print(values[at] ?? 0),
            })),
          ]}
          rows={days.map((day, at) => ({ day, at }))}
          keyOf={({ day }) => day}
        />
      </div>
    </figure>
  );
}
