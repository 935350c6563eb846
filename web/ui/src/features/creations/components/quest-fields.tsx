// When a quest is open, and for whom.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { TextField } from "frosted-ui";
import { useWatch, type UseFormReturn } from "react-hook-form";
import { Field } from "@/components/field";
import { useGetRulesQuery } from "@/lib/rules";
import type { CreationForm } from "../creation-form";

interface FieldsProps {
  form: UseFormReturn<CreationForm>;
}

/** `isLive`: members may have it already, so its beginning stays where it is. */
export function ScheduleFields({ form, isLive }: FieldsProps & { isLive: boolean }) {
  const { errors } = form.formState;
  const comesAgain = useWatch({ control: form.control, name: "every" }) !== "once";
  return (
    <fieldset className="editor-group">
      <legend>
        <Trans>When</Trans>
      </legend>
      <Field name={t`How often`}>
        {(control) => (
          <select {...control} {...form.register("every")}>
            <option value="once">{t`Once`}</option>
            <option value="day">{t`Again every day`}</option>
            <option value="week">{t`Again every week`}</option>
            <option value="month">{t`Again every month`}</option>
          </select>
        )}
      </Field>
      <div className="editor-pair">
        <Field name={t`First day`} error={errors.first_day?.message}>
          {(control) => (
            <TextField.Root size="2">
              <TextField.Input type="date" {...control} {...form.register("first_day")} />
            </TextField.Root>
          )}
        </Field>
        <Field name={comesAgain ? t`Last day (or never)` : t`Last day`} error={errors.last_day?.message}>
          {(control) => (
            <TextField.Root size="2">
              <TextField.Input type="date" {...control} {...form.register("last_day")} />
            </TextField.Root>
          )}
        </Field>
      </div>
      {isLive && (
        <p className="editor-note">
          <Trans>Once it has begun, its first day and how often it comes stay.</Trans>
        </p>
      )}
    </fieldset>
  );
}

export function AudienceFields({ form }: FieldsProps) {
  const { errors } = form.formState;
  const { data: rules } = useGetRulesQuery();
  return (
    <fieldset className="editor-group">
      <legend>
        <Trans>For whom</Trans>
      </legend>
      <div className="editor-pair">
        <Field name={t`From level`} error={errors.level_from?.message}>
          {(control) => (
            <TextField.Root size="2">
              <TextField.Input inputMode="numeric" {...control} {...form.register("level_from")} />
            </TextField.Root>
          )}
        </Field>
        <Field name={t`Up to level (or no end)`} error={errors.level_to?.message}>
          {(control) => (
            <TextField.Root size="2">
              <TextField.Input inputMode="numeric" {...control} {...form.register("level_to")} />
            </TextField.Root>
          )}
        </Field>
      </div>
      <div className="editor-ticks" role="group" aria-label={t`Classes`}>
        {rules?.classes.map(({ key, title }) => (
          <label key={key} className="editor-tick">
            <input type="checkbox" value={key} {...form.register("classes")} />
            <span>{title}</span>
          </label>
        ))}
      </div>
      <p className="editor-note">
        <Trans>No class ticked: for everybody.</Trans>
      </p>
    </fieldset>
  );
}
