// Members say that a buyer is theirs: granted, it is credited at once.
import { msg, t } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Button, TextArea, TextField } from "frosted-ui";
import { useState } from "react";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Answer, isBusy } from "@/components/answer";
import { DayOf } from "@/components/figures";
import { Field } from "@/components/field";
import { Line, List } from "@/components/list";
import { Modal } from "@/components/modal";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import type { Appeal } from "@/lib/types";
import { useGetAppealsQuery, useReviewMutation } from "../api/credits";

export function AppealsPanel() {
  const query = useGetAppealsQuery();
  const [asked, setAsked] = useState<Appeal | null>(null);
  const open = query.data?.filter(({ state }) => state === "open");
  return (
    <Panel title={t`Appeals`} busy={isBusy(query)}>
      <Answer
        query={{ ...query, data: open }}
        what={t`The appeals`}
        isEmpty={(all) => all.length === 0}
        empty={<Nothing title={t`None open`} text={t`A member who misses somebody writes to you here.`} />}
      >
        {(all) => (
          <List label={t`Appeals`}>
            {all.map((one) => (
              <Line
                key={one.id}
                title={
                  <button type="button" className="credit-open" onClick={() => setAsked(one)}>
                    <Trans>
                      {one.username || one.user_id} about {one.buyer}
                    </Trans>
                  </button>
                }
                text={one.text}
                figures={
                  <small>
                    <Trans>
                      until <DayOf at={one.due_at} />
                    </Trans>
                  </small>
                }
              />
            ))}
          </List>
        )}
      </Answer>
      {asked && <Review one={asked} onClose={() => setAsked(null)} />}
    </Panel>
  );
}

const WHO = msg`Write the buyer's Whop id.`;
const TOO_LONG = msg`At most 500 characters.`;

function Review({ one, onClose }: { one: Appeal; onClose: () => void }) {
  const { i18n } = useLingui();
  const [review, { isLoading }] = useReviewMutation();
  const schema = v.object({
    buyer: v.pipe(v.string(), v.trim(), v.minLength(1, i18n._(WHO))),
    answer: v.pipe(v.string(), v.trim(), v.maxLength(500, i18n._(TOO_LONG))),
  });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: { buyer: one.buyer, answer: "" } });
  const name = one.username || one.user_id;
  const say = (decision: "granted" | "refused") =>
    form.handleSubmit(async ({ buyer, answer }) => {
      const found = await review({ buyer, appeal_id: one.id, decision, answer });
      if (found.error) return form.setError("buyer", { message: asFailure(found.error).message });
      tell("success", decision === "granted" ? t`Credited to ${name}` : t`Refused`);
      onClose();
    })();
  const { errors } = form.formState;
  return (
    <Modal open onClose={onClose} title={t`${name} about ${one.buyer}`} description={one.text}>
      <form className="credit-form" noValidate onSubmit={(event) => event.preventDefault()}>
        <Field name={t`Buyer`} hint={t`Their Whop id (user_…).`} error={errors.buyer?.message}>
          {(control) => (
            <TextField.Root size="3">
              <TextField.Input {...control} {...form.register("buyer")} />
            </TextField.Root>
          )}
        </Field>
        <Field name={t`Your answer`} hint={t`The member reads it.`} error={errors.answer?.message}>
          {(control) => <TextArea size="3" rows={3} {...control} {...form.register("answer")} />}
        </Field>
        <div className="modal-foot">
          <Button size="3" variant="soft" color="gray" loading={isLoading} onClick={() => void say("refused")}>
            <Trans>Refuse</Trans>
          </Button>
          <Button size="3" variant="solid" loading={isLoading} onClick={() => void say("granted")}>
            <Trans>Grant</Trans>
          </Button>
        </div>
      </form>
    </Modal>
  );
}
