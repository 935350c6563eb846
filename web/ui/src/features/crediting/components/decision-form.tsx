// The creator says who is credited for a buyer; why is kept in the audit.
import { msg, t } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Button, TextArea, TextField } from "frosted-ui";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Field } from "@/components/field";
import { Select } from "@/components/select";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import { printMoment } from "@/lib/times";
import type { Journal } from "@/lib/types";
import { useDecideMutation } from "../api/credits";

const MISSING = msg`Say why.`;
const TOO_LONG = msg`At most 500 characters.`;

export function DecisionForm({ journal, onClose }: { journal: Journal; onClose: () => void }) {
  const { i18n } = useLingui();
  const [decide, { isLoading }] = useDecideMutation();
  const schema = v.object({
    user: v.pipe(v.string(), v.trim(), v.maxLength(100)),
    payment: v.string(),
    reason: v.pipe(v.string(), v.trim(), v.minLength(1, i18n._(MISSING)), v.maxLength(500, i18n._(TOO_LONG))),
  });
  const form = useForm({
    resolver: valibotResolver(schema),
    defaultValues: { user: "", payment: journal.payment_id, reason: "" },
  });
  const submit = form.handleSubmit(async ({ user, payment, reason }) => {
    const answer = await decide({
      buyer_id: journal.buyer_id,
      referrer_id: user || null,
      ...(payment && { payment_id: payment }),
      reason,
    });
    if (answer.error) return form.setError("user", { message: asFailure(answer.error).message });
    tell("success", t`Decided`, t`Both members are told.`);
    onClose();
  });
  const { errors } = form.formState;
  return (
    <form className="credit-form" noValidate onSubmit={(event) => void submit(event)}>
      <Field
        name={t`Member`}
        hint={t`Their Whop id (user_…). Left empty, nobody is credited.`}
        error={errors.user?.message}
      >
        {(control) => (
          <TextField.Root size="3">
            <TextField.Input {...control} {...form.register("user")} />
          </TextField.Root>
        )}
      </Field>
      <Field name={t`From which payment on`}>
        {(control) => (
          <Select
            {...control}
            {...form.register("payment")}
            options={[
              { value: "", name: t`As it is, or the first` },
              ...journal.payments.map(({ payment_id, at }) => ({ value: payment_id, name: printMoment(at) })),
            ]}
          />
        )}
      </Field>
      <Field name={t`Why`} hint={t`It is kept in the audit.`} error={errors.reason?.message}>
        {(control) => <TextArea size="3" rows={2} {...control} {...form.register("reason")} />}
      </Field>
      <div className="credit-acts">
        <Button type="button" size="3" variant="soft" color="gray" onClick={onClose}>
          <Trans>Cancel</Trans>
        </Button>
        <Button type="submit" size="3" variant="solid" loading={isLoading}>
          <Trans>Decide</Trans>
        </Button>
      </div>
    </form>
  );
}
