// Writing a quest or an achievement. Published versions stay as they are for those who have them; a change holds for
// whoever is given it from now on.
import { t } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { valibotResolver } from "@hookform/resolvers/valibot";
import { Button, TextArea, TextField } from "frosted-ui";
import { useForm } from "react-hook-form";
import { Answer } from "@/components/answer";
import { Field } from "@/components/field";
import { Modal } from "@/components/modal";
import { tell } from "@/components/toasts";
import { useNow } from "@/components/use-now";
import { asFailure } from "@/lib/api";
import { isObject } from "@/lib/http";
import type { Creation, Metric } from "@/lib/types";
import { useChangeCreationMutation, useGetMetricsQuery, useMakeCreationMutation, type Kind } from "../api/creations";
import { draftOf, formOf, partsOf, schemaFor, shownValue, today, type CreationForm } from "../creation-form";
import { AudienceFields, ScheduleFields } from "./quest-fields";
import { RequirementFields } from "./requirement-fields";

interface EditorProps {
  kind: Kind;
  made: Creation | undefined;
  onClose: () => void;
}

export function CreationEditor(props: EditorProps) {
  const query = useGetMetricsQuery(props.kind);
  const isQuest = props.kind === "quest";
  const title = props.made
    ? isQuest
      ? t`Edit quest`
      : t`Edit achievement`
    : isQuest
      ? t`New quest`
      : t`New achievement`;
  return (
    <Modal open onClose={props.onClose} title={title}>
      <Answer query={query} what={t`The form`}>
        {(metrics) => <Form {...props} metrics={metrics} />}
      </Answer>
    </Modal>
  );
}

function Form({ kind, made, onClose, metrics }: EditorProps & { metrics: Metric[] }) {
  const { i18n } = useLingui();
  const now = useNow(3_600_000);
  const [make, making] = useMakeCreationMutation();
  const [change, changing] = useChangeCreationMutation();
  const asked = made?.document["requirement"];
  // One inside another is written by the API alone; it is shown and kept.
  const isFlat = partsOf(asked) !== null;
  const defaults = formOf(made?.document, today(now));
  const [first] = metrics;
  if (!made && first) defaults.parts = [{ metric: first.metric, comparison: "at_least", value: "" }];
  else defaults.parts = defaults.parts.map((part) => ({ ...part, value: shownValue(part, metrics) }));
  const form = useForm<CreationForm>({
    resolver: valibotResolver(schemaFor(kind, i18n, metrics)),
    defaultValues: defaults,
  });
  const { errors } = form.formState;
  const isLive = made?.state === "published";
  const send = (state: "draft" | "published") =>
    form.handleSubmit(async (values) => {
      const draft = { ...draftOf(kind, values, metrics, isFlat ? undefined : asked), state };
      const answer = made ? await change({ kind, id: made.id, draft }) : await make({ kind, draft });
      if (answer.error) {
        form.setError("root", { message: whatIsWrong(answer.error) });
        return;
      }
      tell("success", state === "published" ? t`Published` : t`Saved as a draft`);
      onClose();
    });
  const isBusy = making.isLoading || changing.isLoading;
  return (
    <form className="editor" noValidate onSubmit={(event) => void send("published")(event)}>
      <Field name={t`Title`} error={errors.title?.message}>
        {(control) => (
          <TextField.Root size="3">
            <TextField.Input {...control} maxLength={80} {...form.register("title")} />
          </TextField.Root>
        )}
      </Field>
      <Field name={t`What members read`} error={errors.description?.message}>
        {(control) => <TextArea size="3" rows={2} maxLength={500} {...control} {...form.register("description")} />}
      </Field>
      {isFlat ? <RequirementFields form={form} metrics={metrics} /> : <p className="editor-note">{made?.words}</p>}
      <Field
        name={t`Reward in XP`}
        hint={kind === "achievement" ? t`Up to 100 common, 400 rare, 1,500 epic, above legendary.` : ""}
        error={errors.reward_xp?.message}
      >
        {(control) => (
          <TextField.Root size="3">
            <TextField.Input {...control} inputMode="numeric" {...form.register("reward_xp")} />
          </TextField.Root>
        )}
      </Field>
      {kind === "quest" && <ScheduleFields form={form} isLive={isLive} />}
      {kind === "quest" && <AudienceFields form={form} />}
      {kind === "achievement" && (
        <label className="editor-tick">
          <input type="checkbox" {...form.register("hidden")} />
          <span>
            <Trans>Hidden until somebody unlocks it</Trans>
          </span>
        </label>
      )}
      {errors.root && (
        <p className="field-error" role="alert">
          {errors.root.message}
        </p>
      )}
      <div className="modal-foot">
        {!isLive && (
          <Button
            type="button"
            size="3"
            variant="soft"
            color="gray"
            disabled={isBusy}
            onClick={() => void send("draft")()}
          >
            <Trans>Save as a draft</Trans>
          </Button>
        )}
        <Button type="submit" size="3" variant="solid" loading={isBusy}>
          {isLive ? t`Save` : t`Publish`}
        </Button>
      </div>
    </form>
  );
}

/** The server's refusal in one line: what is wrong with which field. */
function whatIsWrong(error: unknown): string {
  const failure = asFailure(error);
  const fields = failure.kind === "refused" && isObject(failure.details["fields"]) ? failure.details["fields"] : {};
  const lines = Object.entries(fields).map(
    ([name, words]) => `${nameOf(name)} ${Array.isArray(words) ? words.join(", ") : ""}`,
  );
  return lines.length > 0 ? lines.join("; ") : failure.message;
}

/** "schedule.last_day" as people say it: "Last day". */
function nameOf(field: string): string {
  const words = (field.split(".").at(-1) ?? field).replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
