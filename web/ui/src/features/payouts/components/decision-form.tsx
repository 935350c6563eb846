// Turning a payout down, or noting that it was paid by hand: both with a few words.
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
import { printMoney } from "@/lib/numbers";
import type { Payout } from "@/lib/types";
import { useMarkPaidMutation, useRejectPayoutMutation } from "../api/payouts";

const LONGEST = 500;
const TOO_LONG = msg`At most 500 characters.`;

export interface Decision {
  kind: "reject" | "paid";
  payout: Payout;
}

export function DecisionForm({ decision, onClose }: { decision: Decision; onClose: () => void }) {
  const { i18n } = useLingui();
  const [reject, rejecting] = useRejectPayoutMutation();
  const [markPaid, marking] = useMarkPaidMutation();
  const schema = v.object({ words: v.pipe(v.string(), v.trim(), v.maxLength(LONGEST, i18n._(TOO_LONG))) });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { words: "" } });
  const { kind, payout } = decision;
  const isNo = kind === "reject";
  const amount = printMoney(payout.amount);
  const name = payout.member.username || payout.member.whop_user_id;
  const submit = form.handleSubmit(async ({ words }) => {
    const answer = isNo
      ? await reject({ id: payout.id, reason: words })
      : await markPaid({ id: payout.id, note: words });
    if (answer.error) {
      form.setError("words", { message: asFailure(answer.error).message });
      return;
    }
    tell("success", isNo ? t`Turned down` : t`Noted as paid`);
    onClose();
  });
  return (
    <Modal
      open
      onClose={onClose}
      title={isNo ? t`Turn down ${amount} to ${name}?` : t`Was ${amount} paid to ${name}?`}
      description={
        isNo
          ? t`The money is ready in their balance again, and they can ask once more.`
          : t`It is never sent through Whop after that, and this cannot be undone.`
      }
    >
      <form className="field" onSubmit={(event) => void submit(event)} noValidate>
        <Field
          name={isNo ? t`Why` : t`Note`}
          hint={isNo ? t`The member reads it.` : t`Such as the bank's reference.`}
          error={form.formState.errors.words?.message}
        >
          {(control) => <TextArea size="3" rows={3} {...control} {...form.register("words")} />}
        </Field>
        <div className="modal-foot">
          <Button type="button" size="3" variant="soft" color="gray" onClick={onClose}>
            <Trans>Not now</Trans>
          </Button>
          <Button
            type="submit"
            size="3"
            variant="solid"
            color={isNo ? "danger" : undefined}
            loading={rejecting.isLoading || marking.isLoading}
          >
            {isNo ? <Trans>Turn down</Trans> : <Trans>Note as paid</Trans>}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
