// One field of a form: its name, what it is for, and what is wrong with it, tied together for those who hear it.
import { Text } from "frosted-ui";
import { useId, type ReactNode } from "react";
import "./field.css";

/** What the control inside has to carry. */
export interface FieldProps {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean | undefined;
}

interface Props {
  name: string;
  hint?: string;
  /** What is wrong, in words; nothing while it is right. */
  error?: string | undefined;
  children: (control: FieldProps) => ReactNode;
}

export function Field({ name, hint, error, children }: Props) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className="field">
      <label htmlFor={id}>{name}</label>
      {hint && (
        <Text id={`${id}-hint`} size="1" color="gray" render={<p />}>
          {hint}
        </Text>
      )}
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": error ? true : undefined })}
      {error && (
        <p id={`${id}-error`} className="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
