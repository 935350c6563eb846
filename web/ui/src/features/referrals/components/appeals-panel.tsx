// Somebody is missing: the member tells the creator, and reads what became of it.
import { msg, t } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Button, Text, TextArea, TextField } from "frosted-ui";
import { useState } from "react";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Answer, isBusy } from "@/components/answer";
import { DayOf } from "@/components/figures";
import { Field } from "@/components/field";
import { Line, List } from "@/components/list";
import { Modal } from "@/components/modal";
import { Panel } from "@/components/panel";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import type { Appeal } from "@/lib/types";
import { useGetMyAppealsQuery, useGetMyTiesQuery, useMakeAppealMutation } from "../api/links";

export function AppealsPanel() {
  const query = useGetMyAppealsQuery();
  const [isOpen, setOpen] = useState(false);
  return (
    <Panel title={t`Somebody is missing?`} busy={isBusy(query)}>
      <Text size="2" color="gray" className="plain" render={<p />}>
        <Trans>
          You brought somebody and they are not on your list? Tell your creator. They decide within 30 days.
        </Trans>
      </Text>
      <Answer query={query} what={t`Your appeals`}>
        {(all) =>
          all.length > 0 && (
            <List label={t`Your appeals`}>
              {all.map((one) => (
                <AppealLine key={one.id} one={one} />
              ))}
            </List>
          )
        }
      </Answer>
      <Button size="3" variant="soft" onClick={() => setOpen(true)}>
        <Trans>Tell your creator</Trans>
      </Button>
      {isOpen && <AppealForm onClose={() => setOpen(false)} />}
    </Panel>
  );
}

function AppealLine({ one }: { one: Appeal }) {
  const states: Record<Appeal["state"], string> = {
    open: t`Waiting`,
    granted: t`Granted`,
    refused: t`Refused`,
    lapsed: t`Nobody decided`,
  };
  return (
    <Line
      title={one.buyer}
      text={one.answer || one.text}
      figures={
        <>
          {states[one.state]}
          {one.state === "open" && (
            <small>
              <Trans>
                until <DayOf at={one.due_at} />
              </Trans>
            </small>
          )}
        </>
      }
    />
  );
}

const WHO = msg`Write their name on Whop.`;
const WHY = msg`Write a sentence, at least 10 characters.`;
const TOO_LONG = msg`At most 1000 characters.`;

function AppealForm({ onClose }: { onClose: () => void }) {
  const { i18n } = useLingui();
  const [appeal, { isLoading }] = useMakeAppealMutation();
  const schema = v.object({
    buyer: v.pipe(v.string(), v.trim(), v.minLength(1, i18n._(WHO)), v.maxLength(100, i18n._(WHO))),
    text: v.pipe(v.string(), v.trim(), v.minLength(10, i18n._(WHY)), v.maxLength(1000, i18n._(TOO_LONG))),
  });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { buyer: "", text: "" } });
  const submit = form.handleSubmit(async (said) => {
    const answer = await appeal(said);
    if (answer.error) return form.setError("text", { message: asFailure(answer.error).message });
    tell("success", t`Your creator has it`);
    onClose();
  });
  const { errors } = form.formState;
  return (
    <Modal open onClose={onClose} title={t`Who is missing?`}>
      <form className="link-form" noValidate onSubmit={(event) => void submit(event)}>
        <Field name={t`Their name on Whop`} error={errors.buyer?.message}>
          {(control) => (
            <TextField.Root size="3">
              <TextField.Input {...control} {...form.register("buyer")} />
            </TextField.Root>
          )}
        </Field>
        <Field name={t`How did they come?`} hint={t`When you shared it, and where.`} error={errors.text?.message}>
          {(control) => <TextArea size="3" rows={4} {...control} {...form.register("text")} />}
        </Field>
        <div className="modal-foot">
          <Button type="button" size="3" variant="soft" color="gray" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" size="3" variant="solid" loading={isLoading}>
            <Trans>Send</Trans>
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** The promo codes that are the member's; nothing where there are none. */
export function PromoPanel() {
  const { data: ties = [] } = useGetMyTiesQuery();
  if (ties.length === 0) return null;
  return (
    <Panel title={t`Your promo codes`}>
      <List label={t`Your promo codes`}>
        {ties.map((tie) => (
          <Line
            key={tie.id}
            title={tie.code || tie.id}
            text={
              <Trans>
                yours since <DayOf at={tie.since} />
              </Trans>
            }
            figures={<Trans>{tie.referrals} people</Trans>}
          />
        ))}
      </List>
    </Panel>
  );
}
