// The drawing itself. It follows the width of its place and the colours of the theme.
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import "./chart.css";

export interface ChartProps {
  label: string;
  dayName: string;
  /** Days as "2026-11-28", oldest first. */
  days: string[];
  /** Whole figures a day; colours are names of the palette. */
  series: { name: string; color: string; values: number[] }[];
  print: (value: number) => string;
}

const HEIGHT = 220;

export default function ChartCanvas({ label, days, series, print }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const data: uPlot.AlignedData = [days.map((day) => Date.parse(day) / 1_000), ...series.map(({ values }) => values)];
    const plot = new uPlot(options(element, series, print), data, element);
    const resized = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      plot.destroy();
    };
  }, [days, series, print]);
  return <div ref={place} className="chart-canvas" role="img" aria-label={label} />;
}

function options(element: HTMLElement, series: ChartProps["series"], print: ChartProps["print"]): uPlot.Options {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const axis = { stroke: color("gray-11"), grid: { stroke: color("gray-a4"), width: 1 }, ticks: { show: false } };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    axes: [axis, { ...axis, size: 64, values: (_plot, values) => values.map((value) => print(value)) }],
    series: [
      {},
      ...series.map(({ name, color: of }) => ({
        label: name,
        stroke: color(`${of}-9`),
        fill: color(`${of}-a3`),
        width: 2,
        value: (_plot: uPlot, value: number | null) => print(value ?? 0),
      })),
    ],
  };
}
