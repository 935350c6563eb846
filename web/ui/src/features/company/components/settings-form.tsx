// Name, clock, and what the links of the community sell.
import { msg, t } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Button, TextField } from "frosted-ui";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Field } from "@/components/field";
import { Select } from "@/components/select";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import { planName } from "@/lib/plans";
import type { Choices, Company } from "@/lib/types";
import { useChangeCompanyMutation } from "../api/change-company";
import "./settings.css";

const TOO_LONG = msg`At most 80 characters.`;

export function SettingsForm({ company, choices }: { company: Company; choices: Choices }) {
  const { i18n } = useLingui();
  const [change, { isLoading }] = useChangeCompanyMutation();
  const schema = v.object({
    name: v.pipe(v.string(), v.trim(), v.maxLength(80, i18n._(TOO_LONG))),
    time_zone: v.string(),
    plan_id: v.string(),
  });
  const { name, time_zone, plan_id } = company;
  const form = useForm({ resolver: valibotResolver(schema), values: { name, time_zone, plan_id } });
  const { errors, isDirty } = form.formState;
  const submit = form.handleSubmit(async (wanted) => {
    const answer = await change(wanted);
    if (answer.error) return form.setError("time_zone", { message: asFailure(answer.error).message });
    tell("success", t`Saved`);
  });
  return (
    <form className="settings" noValidate onSubmit={(event) => void submit(event)}>
      <Field name={t`Name`} hint={t`Left empty, members see the name from Whop.`} error={errors.name?.message}>
        {(control) => (
          <TextField.Root size="3">
            <TextField.Input {...control} placeholder={company.title} {...form.register("name")} />
          </TextField.Root>
        )}
      </Field>
      <Field
        name={t`Time zone`}
        hint={t`Days, weeks and quests begin at its midnight. A change holds from the next day, week and month: what has begun runs on.`}
        error={errors.time_zone?.message}
      >
        {(control) => (
          <Select
            {...control}
            {...form.register("time_zone")}
            options={choices.time_zones.map((zone) => ({ value: zone, name: zone.replaceAll("_", " ") }))}
          />
        )}
      </Field>
      <Field name={t`What links sell`} hint={planHint(choices.plans.length)}>
        {(control) => <Select {...control} {...form.register("plan_id")} options={planOptions(choices, plan_id)} />}
      </Field>
      <Button type="submit" size="3" variant="solid" disabled={!isDirty} loading={isLoading}>
        <Trans>Save</Trans>
      </Button>
    </form>
  );
}

function planHint(known: number): string {
  if (known === 0) return t`Whop lists no plans to us yet: links lead to your page on Whop.`;
  return t`Links follow by themselves. Until then visitors get the checkout of before.`;
}

/** A plan that Whop lists no more stays to be seen: it is what is chosen. */
function planOptions({ plans }: Choices, chosen: string) {
  const listed = plans.map((plan) => ({ value: plan.id, name: planName(plan) }));
  const isGone = chosen !== "" && plans.every(({ id }) => id !== chosen);
  return [
    { value: "", name: t`Your first plan` },
    ...listed,
    ...(isGone ? [{ value: chosen, name: t`${chosen} (not for sale)` }] : []),
  ];
}
