// Dropping a delivery for good asks why; the reason is kept in the audit.
import { msg, t } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Button, TextArea } from "frosted-ui";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Field } from "@/components/field";
import { Modal } from "@/components/modal";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import type { DeadLetter } from "@/lib/types";
import { useDiscardLetterMutation } from "../api/operations";

const LONGEST = 500;
const MISSING = msg`Say why it is dropped.`;
const TOO_LONG = msg`At most 500 characters.`;

export function DiscardForm({ letter, onClose }: { letter: DeadLetter; onClose: () => void }) {
  const { i18n } = useLingui();
  const [discard, { isLoading }] = useDiscardLetterMutation();
  const schema = v.object({
    reason: v.pipe(v.string(), v.trim(), v.minLength(1, i18n._(MISSING)), v.maxLength(LONGEST, i18n._(TOO_LONG))),
  });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { reason: "" } });
  const { id, type } = letter;
  const submit = form.handleSubmit(async ({ reason }) => {
    const answer = await discard({ id, reason });
    if (answer.error) {
      form.setError("reason", { message: asFailure(answer.error).message });
      return;
    }
    tell("success", t`Letter ${id} is dropped`);
    onClose();
  });
  return (
    <Modal
      open
      onClose={onClose}
      title={t`Drop letter ${id}?`}
      description={t`The delivery ${type} is never settled. Its id stays known, so Whop cannot send it in again.`}
    >
      <form className="field" onSubmit={(event) => void submit(event)} noValidate>
        <Field name={t`Reason`} hint={t`It is kept in the audit.`} error={form.formState.errors.reason?.message}>
          {(control) => <TextArea size="3" rows={3} {...control} {...form.register("reason")} />}
        </Field>
        <div className="modal-foot">
          <Button type="button" size="3" variant="soft" color="gray" onClick={onClose}>
            <Trans>Keep it</Trans>
          </Button>
          <Button type="submit" size="3" variant="solid" color="danger" loading={isLoading}>
            <Trans>Drop it</Trans>
          </Button>
        </div>
      </form>
    </Modal>
  );
}
