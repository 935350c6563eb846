// From which day on history is brought in.
import { msg, t } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Button, TextField } from "frosted-ui";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Field } from "@/components/field";
import { asFailure } from "@/lib/api";
import { useBringInMutation } from "../api/whop-runs";

const MISSING = msg`Choose a day.`;
const TOO_LATE = msg`Choose a day before the app was installed.`;

export function ImportForm({ installedAt }: { installedAt: string }) {
  const { i18n } = useLingui();
  const [bringIn, { isLoading }] = useBringInMutation();
  const last = new Date(installedAt).toISOString().slice(0, 10);
  const schema = v.object({
    since: v.pipe(
      v.string(),
      v.isoDate(i18n._(MISSING)),
      v.check((day) => Date.parse(day) < Date.parse(installedAt), i18n._(TOO_LATE)),
    ),
  });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { since: "" } });
  const submit = form.handleSubmit(async ({ since }) => {
    const answer = await bringIn(`${since}T00:00:00Z`);
    if (answer.error) form.setError("since", { message: asFailure(answer.error).message });
  });
  return (
    <form className="run-form" onSubmit={(event) => void submit(event)} noValidate>
      <Field
        name={t`Since`}
        hint={t`You can take it back until the first payout.`}
        error={form.formState.errors.since?.message}
      >
        {(control) => (
          <TextField.Root size="3">
            <TextField.Input type="date" max={last} {...control} {...form.register("since")} />
          </TextField.Root>
        )}
      </Field>
      <Button type="submit" size="3" variant="solid" loading={isLoading}>
        <Trans>Bring it in</Trans>
      </Button>
    </form>
  );
}
