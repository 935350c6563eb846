// Writing an announcement: what kind, a title, the words. It goes to everybody, so it asks before it is sent.
import { msg, t } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Button, TextArea, TextField } from "frosted-ui";
import { useState } from "react";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Field } from "@/components/field";
import { Modal } from "@/components/modal";
import { Panel } from "@/components/panel";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import { useAnnounceMutation, type NewAnnouncement } from "../api/announcements";
import "./announcements.css";

const LONGEST_TITLE = 80;
const LONGEST_TEXT = 500;
const MISSING = msg`Write something.`;
const LONG_TITLE = msg`At most 80 characters.`;
const LONG_TEXT = msg`At most 500 characters.`;
const KINDS = [
  { key: "info", name: msg`News` },
  { key: "warning", name: msg`Heads-up` },
  { key: "error", name: msg`Urgent` },
] as const;
const EMPTY: NewAnnouncement = { severity: "info", title: "", text: "" };

export function AnnounceForm() {
  const { i18n } = useLingui();
  const [announce, { isLoading }] = useAnnounceMutation();
  const [asked, setAsked] = useState<NewAnnouncement | null>(null);
  const schema = v.object({
    severity: v.picklist(KINDS.map(({ key }) => key)),
    title: v.pipe(
      v.string(),
      v.trim(),
      v.minLength(1, i18n._(MISSING)),
      v.maxLength(LONGEST_TITLE, i18n._(LONG_TITLE)),
    ),
    text: v.pipe(v.string(), v.trim(), v.minLength(1, i18n._(MISSING)), v.maxLength(LONGEST_TEXT, i18n._(LONG_TEXT))),
  });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: EMPTY });
  const send = async (words: NewAnnouncement) => {
    const answer = await announce(words);
    setAsked(null);
    if (answer.error) {
      tell("error", t`It was not sent`, asFailure(answer.error).message);
      return;
    }
    tell("success", t`Sent to all members`);
    form.reset(EMPTY);
  };
  const submit = form.handleSubmit((words) => setAsked(words));
  return (
    <Panel title={t`Say something to everybody`}>
      <form className="announce" onSubmit={(event) => void submit(event)} noValidate>
        <fieldset className="announce-kinds">
          <legend>
            <Trans>What is it?</Trans>
          </legend>
          {KINDS.map(({ key, name }) => (
            <label key={key}>
              <input type="radio" value={key} {...form.register("severity")} />
              <span>{i18n._(name)}</span>
            </label>
          ))}
        </fieldset>
        <Field name={t`Title`} error={form.formState.errors.title?.message}>
          {(control) => (
            <TextField.Root size="3">
              <TextField.Input {...control} {...form.register("title")} />
            </TextField.Root>
          )}
        </Field>
        <Field name={t`Text`} error={form.formState.errors.text?.message}>
          {(control) => <TextArea size="3" rows={4} {...control} {...form.register("text")} />}
        </Field>
        <Button type="submit" size="3" variant="solid">
          <Trans>Send to all members</Trans>
        </Button>
      </form>
      {asked && (
        <Modal
          open
          asks
          onClose={() => !isLoading && setAsked(null)}
          title={t`Send it to everybody?`}
          description={t`It cannot be taken back.`}
        >
          <p className="announce-words">
            <b>{asked.title}</b>
            <span>{asked.text}</span>
          </p>
          <div className="modal-foot">
            <Button size="3" variant="soft" color="gray" disabled={isLoading} onClick={() => setAsked(null)}>
              <Trans>Go on writing</Trans>
            </Button>
            <Button size="3" variant="solid" loading={isLoading} onClick={() => void send(asked)}>
              <Trans>Send</Trans>
            </Button>
          </div>
        </Modal>
      )}
    </Panel>
  );
}
