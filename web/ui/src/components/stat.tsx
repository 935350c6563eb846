// A figure with its name, and what the figure means in plain sight: nothing hides in a tooltip.
import { useId, type ReactNode } from "react";
import "./stat.css";

interface StatProps {
  name: string;
  value: ReactNode;
  hint?: ReactNode;
  /** Colours the mark before the name; none without. */
  part?: string;
  loss?: boolean;
}

export function Stat({ name, value, hint, part, loss }: StatProps) {
  const id = useId();
  return (
    <div className="stat">
      <dt data-part={part}>{name}</dt>
      <dd className="stat-value num" data-loss={loss || undefined} aria-describedby={hint ? id : undefined}>
        {value}
      </dd>
      {hint && (
        <dd id={id} className="stat-hint">
          {hint}
        </dd>
      )}
    </div>
  );
}

export function Stats({ columns = 2, children }: { columns?: 2 | 3 | 4; children: ReactNode }) {
  return (
    <dl className="stats" data-columns={columns}>
      {children}
    </dl>
  );
}
