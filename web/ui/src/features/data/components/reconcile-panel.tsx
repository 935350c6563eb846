// Compares with Whop every night and on request; shows what the newest comparison found.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Text } from "frosted-ui";
import { Answer, isBusy } from "@/components/answer";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import { isOpen } from "@/lib/whop-runs";
import { useGetReconcileQuery, useReconcileMutation, whopRunsApi } from "../api/whop-runs";
import { everyMs } from "../every";
import { RunView } from "./run-view";
import "./run.css";

export function ReconcilePanel() {
  const { data: known } = whopRunsApi.endpoints.getReconcile.useQueryState();
  const query = useGetReconcileQuery(undefined, {
    pollingInterval: everyMs(known?.run),
    skipPollingIfUnfocused: true,
  });
  return (
    <Panel title={t`Compare with Whop`} busy={isBusy(query)}>
      <Text size="2" color="gray" render={<p />}>
        <Trans>Every night we check Whop's records for anything that did not reach us, and add it.</Trans>
      </Text>
      <Answer query={query} what={t`The last comparison`}>
        {({ run, can_ask }) => (
          <>
            {run ? (
              <RunView run={run} />
            ) : (
              <Nothing
                title={t`Not compared yet`}
                text={t`The first comparison runs tonight, or right now if you like.`}
              />
            )}
            {can_ask ? <CompareNow open={isOpen(run)} /> : <NoKey />}
          </>
        )}
      </Answer>
    </Panel>
  );
}

function CompareNow({ open }: { open: boolean }) {
  const [reconcile, { isLoading }] = useReconcileMutation();
  const compare = async () => {
    const answer = await reconcile();
    if (answer.error) tell("error", t`Not started`, asFailure(answer.error).message);
  };
  return (
    <div className="run-acts">
      <Button size="3" variant="solid" disabled={open} loading={isLoading} onClick={() => void compare()}>
        <Trans>Compare now</Trans>
      </Button>
    </div>
  );
}

export function NoKey() {
  return (
    <Text size="2" color="gray" render={<p />}>
      <Trans>The app has no API key of Whop's yet, so it cannot ask. Whoever runs it has to set one.</Trans>
    </Text>
  );
}
