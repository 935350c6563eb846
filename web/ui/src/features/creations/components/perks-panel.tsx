// What levels open: a text, a link, a promo code, a Whop role.
import { msg, t } from "@lingui/core/macro";
import type { MessageDescriptor } from "@lingui/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Button, TextField } from "frosted-ui";
import { useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import * as v from "valibot";
import { Answer, isBusy } from "@/components/answer";
import { Field } from "@/components/field";
import { Line, List } from "@/components/list";
import { Modal } from "@/components/modal";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import type { Perk } from "@/lib/types";
import { useAddPerkMutation, useGetAllPerksQuery, useRemovePerkMutation } from "../api/creations";

const KINDS: { kind: Perk["kind"]; name: MessageDescriptor; content: MessageDescriptor }[] = [
  { kind: "text", name: msg`A message`, content: msg`The message` },
  { kind: "link", name: msg`A link`, content: msg`The link, with https://` },
  { kind: "promo_code", name: msg`A promo code`, content: msg`The code` },
  { kind: "whop_role", name: msg`A Whop role to ask for`, content: msg`The role's name` },
];
const MISSING = msg`Fill this in.`;
const NO_LEVEL = msg`A level from 2 to 1,000.`;
const NO_LINK = msg`A link that begins with https://`;

export function PerksPanel() {
  const query = useGetAllPerksQuery();
  const [isNew, setNew] = useState(false);
  return (
    <Panel
      title={t`Perks`}
      note={t`shown to those who reached the level`}
      busy={isBusy(query)}
      action={
        <Button size="2" variant="solid" className="panel-act" onClick={() => setNew(true)}>
          <Trans>New perk</Trans>
        </Button>
      }
    >
      <Answer
        query={query}
        what={t`Perks`}
        isEmpty={(perks) => perks.length === 0}
        empty={<Nothing title={t`No perks yet`} text={t`Give a level something of yours: a code, a call, a role.`} />}
      >
        {(perks) => (
          <List label={t`Perks`}>
            {perks.map((perk) => (
              <PerkLine key={perk.id} perk={perk} />
            ))}
          </List>
        )}
      </Answer>
      {isNew && <PerkForm onClose={() => setNew(false)} />}
    </Panel>
  );
}

function PerkLine({ perk }: { perk: Perk }) {
  const { i18n } = useLingui();
  const [remove, { isLoading }] = useRemovePerkMutation();
  const { title, level } = perk;
  const kind = KINDS.find((one) => one.kind === perk.kind);
  const drop = async () => {
    const answer = await remove(perk.id);
    if (answer.error) tell("error", t`${title} was not removed`, asFailure(answer.error).message);
    else tell("success", t`${title} is removed`);
  };
  return (
    <Line
      title={
        <>
          <Trans>Level {level}</Trans> · {title}
        </>
      }
      text={`${kind ? i18n._(kind.name) : ""} · ${perk.content}`}
      figures={
        <Button
          size="2"
          variant="soft"
          color="gray"
          loading={isLoading}
          aria-label={t`Remove ${title}`}
          onClick={() => void drop()}
        >
          <Trans>Remove</Trans>
        </Button>
      }
    />
  );
}

function PerkForm({ onClose }: { onClose: () => void }) {
  const { i18n } = useLingui();
  const [add, { isLoading }] = useAddPerkMutation();
  const words = (longest: number) =>
    v.pipe(v.string(), v.trim(), v.minLength(1, i18n._(MISSING)), v.maxLength(longest));
  const schema = v.pipe(
    v.object({
      level: v.pipe(
        v.string(),
        v.check((text) => /^\d{1,4}$/.test(text) && Number(text) >= 2 && Number(text) <= 1000, i18n._(NO_LEVEL)),
      ),
      kind: v.picklist(["text", "link", "promo_code", "whop_role"]),
      title: words(80),
      content: words(1000),
    }),
    v.forward(
      v.check(({ kind, content }) => kind !== "link" || /^https:\/\/\S+$/.test(content), i18n._(NO_LINK)),
      ["content"],
    ),
  );
  const form = useForm({
    resolver: valibotResolver(schema),
    defaultValues: { level: "5", kind: "text" as Perk["kind"], title: "", content: "" },
  });
  const { errors } = form.formState;
  const watched = useWatch({ control: form.control, name: "kind" });
  const chosen = KINDS.find(({ kind }) => kind === watched) ?? KINDS[0]!;
  const submit = form.handleSubmit(async (perk) => {
    const answer = await add({ ...perk, level: Number(perk.level) });
    if (answer.error) {
      form.setError("content", { message: asFailure(answer.error).message });
      return;
    }
    tell("success", t`Perk added`);
    onClose();
  });
  return (
    <Modal open onClose={onClose} title={t`New perk`} description={t`It moves no XP and no money.`}>
      <form className="editor" noValidate onSubmit={(event) => void submit(event)}>
        <div className="editor-pair">
          <Field name={t`Level`} error={errors.level?.message}>
            {(control) => (
              <TextField.Root size="3">
                <TextField.Input inputMode="numeric" {...control} {...form.register("level")} />
              </TextField.Root>
            )}
          </Field>
          <Field name={t`What it is`}>
            {(control) => (
              <select {...control} {...form.register("kind")}>
                {KINDS.map(({ kind, name }) => (
                  <option key={kind} value={kind}>
                    {i18n._(name)}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </div>
        <Field name={t`Title`} error={errors.title?.message}>
          {(control) => (
            <TextField.Root size="3">
              <TextField.Input maxLength={80} {...control} {...form.register("title")} />
            </TextField.Root>
          )}
        </Field>
        <Field name={i18n._(chosen.content)} error={errors.content?.message}>
          {(control) => (
            <TextField.Root size="3">
              <TextField.Input maxLength={1000} {...control} {...form.register("content")} />
            </TextField.Root>
          )}
        </Field>
        <div className="modal-foot">
          <Button type="submit" size="3" variant="solid" loading={isLoading}>
            <Trans>Add it</Trans>
          </Button>
        </div>
      </form>
    </Modal>
  );
}
