// A bar from 0 to `goal` that never overflows, with words for those who do not see it.
import { Progress } from "frosted-ui";
import type { ComponentProps } from "react";
import { printCount } from "@/lib/numbers";
import "./meter.css";

interface MeterProps {
  label: string;
  value: number;
  goal: number;
  size?: "1" | "2" | "3" | "4" | "5" | undefined;
  color?: ComponentProps<typeof Progress>["color"] | undefined;
}

export function Meter({ label, value, goal, size = "3", color }: MeterProps) {
  const end = Math.max(goal, 1);
  const shown = Math.min(Math.max(value, 0), end);
  return (
    <Progress
      size={size}
      color={color}
      value={shown}
      max={end}
      aria-label={label}
      aria-valuetext={`${printCount(shown)} of ${printCount(goal)}`}
      getAriaValueText={() => `${printCount(shown)} of ${printCount(goal)}`}
    />
  );
}
