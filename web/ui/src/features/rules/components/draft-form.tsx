// The rule set as a form: a group at a time, each number explained where it stands.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Text, TextField } from "frosted-ui";
import type { UseFormReturn } from "react-hook-form";
import { Field } from "@/components/field";
import { readFigure, nameOf } from "../figures";
import type { Figure, Group } from "../groups";
import "./rules.css";

/** What was typed, by the field's name. */
export type Typed = Record<string, string>;

interface Props {
  groups: Group[];
  form: UseFormReturn<Typed>;
  changed: ReadonlySet<string>;
}

export function DraftForm({ groups, form, changed }: Props) {
  return (
    <div className="draft">
      {groups.map((group, place) => {
        const count = group.figures.filter(({ path }) => changed.has(nameOf(path))).length;
        return (
          <details key={group.key} className="draft-group" open={place === 0}>
            <summary>
              <span>{group.title}</span>
              {count > 0 && (
                <Text size="1" color="gray">
                  <Trans>{count} changed</Trans>
                </Text>
              )}
            </summary>
            <Text size="2" color="gray" render={<p />}>
              {group.text}
            </Text>
            <div className="draft-fields">
              {group.figures.map((figure) => (
                <FigureField key={nameOf(figure.path)} figure={figure} form={form} />
              ))}
            </div>
          </details>
        );
      })}
    </div>
  );
}

function FigureField({ figure, form }: { figure: Figure; form: UseFormReturn<Typed> }) {
  const name = nameOf(figure.path);
  const validate = (text: string) =>
    readFigure(text, figure.kind) !== null ||
    (figure.kind === "count" ? t`A whole number, please.` : t`A number with at most two decimals, please.`);
  return (
    <Field
      name={figure.name}
      error={form.formState.errors[name]?.message}
      {...(figure.hint ? { hint: figure.hint } : {})}
    >
      {(control) => (
        <TextField.Root size="3">
          <TextField.Input
            {...control}
            inputMode={figure.kind === "count" ? "numeric" : "decimal"}
            autoComplete="off"
            {...form.register(name, { validate })}
          />
        </TextField.Root>
      )}
    </Field>
  );
}
