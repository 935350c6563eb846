// Founding a guild, and changing one: name, words, how one gets in.
import { msg, t } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Button, TextArea, TextField } from "frosted-ui";
import { useForm } from "react-hook-form";
import * as v from "valibot";
import { Field } from "@/components/field";
import { Modal } from "@/components/modal";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import type { Guild, GuildAccess } from "@/lib/types";
import { useEditGuildMutation, useFoundGuildMutation, type GuildWords } from "../api/guilds";
import { accessHint, accessName } from "../words";

const WAYS: GuildAccess[] = ["open", "request", "invite"];
const SHORT = msg`At least 2 characters.`;
const LONG = msg`At most 40 characters.`;
const WORDY = msg`At most 500 characters.`;

export function GuildForm({ guild, onClose }: { guild?: Guild; onClose: () => void }) {
  const { i18n } = useLingui();
  const [found, founding] = useFoundGuildMutation();
  const [edit, editing] = useEditGuildMutation();
  const schema = v.object({
    name: v.pipe(v.string(), v.trim(), v.minLength(2, i18n._(SHORT)), v.maxLength(40, i18n._(LONG))),
    about: v.pipe(v.string(), v.trim(), v.maxLength(500, i18n._(WORDY))),
    access: v.picklist(WAYS),
  });
  const form = useForm({ resolver: valibotResolver(schema), defaultValues: valuesOf(guild) });
  const submit = form.handleSubmit(async (words) => {
    const answer = guild ? await edit({ guild: guild.id, ...words }) : await found(words);
    if (answer.error) return form.setError("name", { message: asFailure(answer.error).message });
    tell("success", words.name, guild ? t`Saved.` : t`Your guild stands. Invite your friends!`);
    onClose();
  });
  const { errors } = form.formState;
  return (
    <Modal open onClose={onClose} title={guild ? t`Edit the guild` : t`Create a guild`}>
      <form className="guild-form" onSubmit={(event) => void submit(event)} noValidate>
        <Field name={t`Name`} error={errors.name?.message}>
          {(control) => (
            <TextField.Root size="3">
              <TextField.Input autoComplete="off" {...control} {...form.register("name")} />
            </TextField.Root>
          )}
        </Field>
        <Field name={t`What is it about?`} hint={t`May stay empty.`} error={errors.about?.message}>
          {(control) => <TextArea size="3" rows={3} {...control} {...form.register("about")} />}
        </Field>
        <fieldset className="guild-ways">
          <legend>
            <Trans>Who gets in?</Trans>
          </legend>
          {WAYS.map((way) => (
            <label key={way} className="guild-way">
              <input type="radio" value={way} {...form.register("access")} />
              <span>
                <b>{accessName(way)}</b>
                <small>{accessHint(way)}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <div className="modal-foot">
          <Button type="button" size="3" variant="soft" color="gray" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" size="3" variant="solid" loading={founding.isLoading || editing.isLoading}>
            {guild ? t`Save` : t`Create`}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function valuesOf(guild: Guild | undefined): GuildWords {
  return { name: guild?.name ?? "", about: guild?.about ?? "", access: guild?.access ?? "open" };
}
