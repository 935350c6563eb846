// Promo codes of members: who buys with one is credited to whose it is then.
import { msg, t } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Button, TextField } from "frosted-ui";
import { useState } from "react";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Answer, isBusy } from "@/components/answer";
import { Field } from "@/components/field";
import { Line, List } from "@/components/list";
import { Modal } from "@/components/modal";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import { printCount } from "@/lib/numbers";
import type { Tie } from "@/lib/types";
import { useGetTiesQuery, useTieMutation, useUntieMutation } from "../api/credits";

export function TiesPanel() {
  const query = useGetTiesQuery();
  const [isOpen, setOpen] = useState(false);
  return (
    <Panel
      title={t`Promo codes`}
      busy={isBusy(query)}
      action={
        <Button size="2" variant="soft" onClick={() => setOpen(true)}>
          <Trans>Give one</Trans>
        </Button>
      }
    >
      <Answer
        query={query}
        what={t`The promo codes`}
        isEmpty={(all) => all.length === 0}
        empty={<Nothing title={t`None given`} text={t`Who buys with a member's promo code is credited to them.`} />}
      >
        {(all) => (
          <List label={t`Promo codes`}>
            {all.map((tie) => (
              <TieLine key={tie.id} tie={tie} />
            ))}
          </List>
        )}
      </Answer>
      {isOpen && <TieForm onClose={() => setOpen(false)} />}
    </Panel>
  );
}

function TieLine({ tie }: { tie: Tie }) {
  const [untie, { isLoading }] = useUntieMutation();
  const name = tie.code || tie.id;
  const release = async () => {
    const answer = await untie(tie.id);
    if (answer.error) tell("error", t`Nothing changed`, asFailure(answer.error).message);
    else tell("success", t`${name} is nobody's from now on`, t`What it brought stays.`);
  };
  return (
    <Line
      title={name}
      text={t`${tie.username || tie.user_id} · ${printCount(tie.referrals)} people in ${printCount(tie.payments)} payments`}
      figures={
        <Button size="2" variant="soft" color="gray" loading={isLoading} onClick={() => void release()}>
          <Trans>Release</Trans>
        </Button>
      }
    />
  );
}

const ID = msg`The id Whop shows, such as promo_….`;
const USER = msg`The member's Whop id, such as user_….`;

function TieForm({ onClose }: { onClose: () => void }) {
  const { i18n } = useLingui();
  const [tie, { isLoading }] = useTieMutation();
  const word = (message: string) => v.pipe(v.string(), v.trim(), v.regex(/^\w{1,100}$/, message));
  const schema = v.object({
    promo_code_id: word(i18n._(ID)),
    code: v.pipe(v.string(), v.trim(), v.maxLength(60)),
    user_id: word(i18n._(USER)),
  });
  const form = useForm({
    resolver: valibotResolver(schema),
    defaultValues: { promo_code_id: "", code: "", user_id: "" },
  });
  const submit = form.handleSubmit(async (wanted) => {
    const answer = await tie(wanted);
    if (answer.error) return form.setError("user_id", { message: asFailure(answer.error).message });
    tell("success", t`It counts from now on`);
    onClose();
  });
  const { errors } = form.formState;
  return (
    <Modal
      open
      onClose={onClose}
      title={t`Give a promo code to a member`}
      description={t`It holds from this second on; purchases made before stay as they are.`}
    >
      <form className="credit-form" noValidate onSubmit={(event) => void submit(event)}>
        <Field name={t`Promo code id`} hint={i18n._(ID)} error={errors.promo_code_id?.message}>
          {(control) => (
            <TextField.Root size="3">
              <TextField.Input {...control} {...form.register("promo_code_id")} />
            </TextField.Root>
          )}
        </Field>
        <Field name={t`The word buyers type`}>
          {(control) => (
            <TextField.Root size="3">
              <TextField.Input {...control} {...form.register("code")} />
            </TextField.Root>
          )}
        </Field>
        <Field name={t`Member`} hint={i18n._(USER)} error={errors.user_id?.message}>
          {(control) => (
            <TextField.Root size="3">
              <TextField.Input {...control} {...form.register("user_id")} />
            </TextField.Root>
          )}
        </Field>
        <div className="modal-foot">
          <Button type="button" size="3" variant="soft" color="gray" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" size="3" variant="solid" loading={isLoading}>
            <Trans>Give it</Trans>
          </Button>
        </div>
      </form>
    </Modal>
  );
}
