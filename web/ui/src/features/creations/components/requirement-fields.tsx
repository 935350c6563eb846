// What is asked for: one thing, or several of which all or any must hold.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, TextField } from "frosted-ui";
import { useFieldArray, useWatch, type UseFormReturn } from "react-hook-form";
import { Icon } from "@/components/icons";
import type { Metric } from "@/lib/types";
import { isMoney, MOST_PARTS, type CreationForm } from "../creation-form";

export function RequirementFields({ form, metrics }: { form: UseFormReturn<CreationForm>; metrics: Metric[] }) {
  const { fields, append, remove } = useFieldArray({ control: form.control, name: "parts" });
  return (
    <fieldset className="editor-group">
      <legend>
        <Trans>What to do</Trans>
      </legend>
      {fields.length > 1 && (
        <select aria-label={t`How many of them`} {...form.register("how")}>
          <option value="all">{t`All of these`}</option>
          <option value="any">{t`Any one of these`}</option>
        </select>
      )}
      {fields.map((field, at) => (
        <PartFields
          key={field.id}
          form={form}
          metrics={metrics}
          at={at}
          onRemove={fields.length > 1 ? () => remove(at) : undefined}
        />
      ))}
      {fields.length < MOST_PARTS && (
        <Button
          type="button"
          size="2"
          variant="soft"
          color="gray"
          onClick={() => append({ metric: metrics[0]?.metric ?? "", comparison: "at_least", value: "" })}
        >
          <Trans>Add another</Trans>
        </Button>
      )}
    </fieldset>
  );
}

interface PartProps {
  form: UseFormReturn<CreationForm>;
  metrics: Metric[];
  at: number;
  onRemove: (() => void) | undefined;
}

function PartFields({ form, metrics, at, onRemove }: PartProps) {
  const number = at + 1;
  const metric = useWatch({ control: form.control, name: `parts.${at}.metric` });
  const error = form.formState.errors.parts?.[at]?.value?.message;
  const errorId = `part-${at}-error`;
  return (
    <div className="editor-part">
      <select aria-label={t`What to do, part ${number}`} {...form.register(`parts.${at}.metric`)}>
        {metrics.map((one) => (
          <option key={one.metric} value={one.metric}>
            {one.words}
          </option>
        ))}
      </select>
      <TextField.Root size="2" className="editor-value">
        {isMoney(metric, metrics) && <TextField.Slot>$</TextField.Slot>}
        <TextField.Input
          inputMode="decimal"
          aria-label={t`How many, part ${number}`}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? errorId : undefined}
          placeholder={t`How many`}
          {...form.register(`parts.${at}.value`)}
        />
      </TextField.Root>
      {onRemove && (
        <button type="button" className="editor-remove" aria-label={t`Remove part ${number}`} onClick={onRemove}>
          <Icon name="close" />
        </button>
      )}
      {error && (
        <p id={errorId} className="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
