// A choice from a list: the browser's own control, which every phone and reader knows how to open.
import type { ComponentProps } from "react";
import "./select.css";

interface Option {
  value: string;
  name: string;
}

interface SelectProps extends ComponentProps<"select"> {
  options: readonly Option[];
}

export function Select({ options, ...rest }: SelectProps) {
  return (
    <select className="select" {...rest}>
      {options.map(({ value, name }) => (
        <option key={value} value={value}>
          {name}
        </option>
      ))}
    </select>
  );
}
