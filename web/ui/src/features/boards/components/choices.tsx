// One of a few things, as a row of pills: radio buttons, so that arrows and screen readers know them.
import { useId } from "react";

interface ChoicesProps<Name extends string> {
  label: string;
  names: readonly { key: Name; name: string }[];
  chosen: Name;
  onChoose: (key: Name) => void;
}

export function Choices<Name extends string>({ label, names, chosen, onChoose }: ChoicesProps<Name>) {
  const group = useId();
  return (
    <fieldset className="choices">
      <legend className="hidden">{label}</legend>
      {names.map(({ key, name }) => (
        <label key={key} className="choice">
          <input type="radio" name={group} checked={key === chosen} onChange={() => onChoose(key)} />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}
