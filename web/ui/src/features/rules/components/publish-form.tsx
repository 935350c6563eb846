// Publishing asks once more: what changes, from when on, and that the past stays.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, TextField } from "frosted-ui";
import { useState } from "react";
import { Field } from "@/components/field";
import { Line, List } from "@/components/list";
import { Modal } from "@/components/modal";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import { printMoment } from "@/lib/times";
import type { RulesDocument } from "@/lib/types";
import { usePublishRulesMutation } from "../api/drafts";

export interface Change {
  name: string;
  was: string;
  becomes: string;
}

interface Props {
  document: RulesDocument;
  basedOn: number;
  changes: Change[];
  onClose: () => void;
}

export function PublishForm({ document, basedOn, changes, onClose }: Props) {
  const [publish, { isLoading }] = usePublishRulesMutation();
  const [from, setFrom] = useState("");
  const [problem, setProblem] = useState<string>();
  const submit = async () => {
    const valid_from = from ? new Date(from).toISOString() : null;
    const answer = await publish({ document, based_on: basedOn, valid_from });
    if (answer.error) {
      setProblem(asFailure(answer.error).message);
      return;
    }
    const when = printMoment(answer.data.valid_from);
    tell("success", t`Version ${answer.data.version} is published`, t`It holds from ${when}.`);
    onClose();
  };
  return (
    <Modal
      open
      asks
      onClose={onClose}
      title={t`Publish these rules?`}
      description={t`They hold for everything from that moment on. What members have earned before stays as it is.`}
    >
      <form
        className="field"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <List label={t`What changes`}>
          {changes.map(({ name, was, becomes }) => (
            <Line key={name} title={name} figures={`${was} → ${becomes}`} />
          ))}
        </List>
        <Field name={t`From`} hint={t`Leave it empty to begin within a minute or two.`} error={problem}>
          {(control) => (
            <TextField.Root size="3">
              <TextField.Input
                {...control}
                type="datetime-local"
                value={from}
                onChange={(event) => setFrom(event.target.value)}
              />
            </TextField.Root>
          )}
        </Field>
        <div className="modal-foot">
          <Button type="button" size="3" variant="soft" color="gray" onClick={onClose}>
            <Trans>Not yet</Trans>
          </Button>
          <Button type="submit" size="3" variant="solid" loading={isLoading}>
            <Trans>Publish</Trans>
          </Button>
        </div>
      </form>
    </Modal>
  );
}
