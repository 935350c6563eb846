// Brings in what was sold before the app was installed, and takes it back until somebody was paid out.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Text } from "frosted-ui";
import { useState } from "react";
import { Answer, isBusy } from "@/components/answer";
import { Panel } from "@/components/panel";
import { isOpen } from "@/lib/whop-runs";
import { printDate } from "@/lib/times";
import type { WhopImport } from "@/lib/types";
import { useGetImportQuery, whopRunsApi } from "../api/whop-runs";
import { everyMs } from "../every";
import { ImportForm } from "./import-form";
import { NoKey } from "./reconcile-panel";
import { RunView } from "./run-view";
import { UndoForm } from "./undo-form";
import "./run.css";

export function ImportPanel() {
  const { data: known } = whopRunsApi.endpoints.getImport.useQueryState();
  const query = useGetImportQuery(undefined, { pollingInterval: everyMs(known?.run), skipPollingIfUnfocused: true });
  return (
    <Panel title={t`Bring in your history`} busy={isBusy(query)}>
      <Answer query={query} what={t`The import`}>
        {(told) => <Told told={told} />}
      </Answer>
    </Panel>
  );
}

function Told({ told }: { told: WhopImport }) {
  const { run, can_ask, can_undo, installed_at, withdrawn } = told;
  const [undoing, setUndoing] = useState(false);
  const day = printDate(installed_at);
  return (
    <>
      <Text size="2" color="gray" render={<p />}>
        <Trans>
          Sales from before {day}, when the app came in, can count as well: boards and levels are not empty on the first
          day.
        </Trans>
      </Text>
      {run && <RunView run={run} withdrawn={withdrawn} />}
      {can_ask ? !isOpen(run) && <ImportForm installedAt={installed_at} /> : <NoKey />}
      {can_undo && (
        <div className="run-acts">
          <Button size="2" variant="soft" color="gray" onClick={() => setUndoing(true)}>
            <Trans>Take the import back</Trans>
          </Button>
        </div>
      )}
      {run?.state === "done" && !can_undo && (
        <Text size="1" color="gray" render={<p />}>
          <Trans>Somebody has been paid since, so it stays.</Trans>
        </Text>
      )}
      {undoing && <UndoForm onClose={() => setUndoing(false)} />}
    </>
  );
}
