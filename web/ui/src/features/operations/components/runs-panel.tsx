// The newest comparisons and imports of all communities. Looks again by itself.
import { t } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { Answer, isBusy } from "@/components/answer";
import { Ago } from "@/components/figures";
import { Line, List } from "@/components/list";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { printCount } from "@/lib/numbers";
import type { CompanyWhopRun } from "@/lib/types";
import { stateOf } from "@/lib/whop-runs";
import { useGetWhopRunsQuery } from "../api/operations";

const EVERY_MS = 10_000;

export function RunsPanel() {
  const query = useGetWhopRunsQuery(undefined, { pollingInterval: EVERY_MS, skipPollingIfUnfocused: true });
  return (
    <Panel title={t`Compared with Whop`} note={t`the newest 20 of all communities`} busy={isBusy(query)}>
      <Answer
        query={query}
        what={t`The comparisons`}
        isEmpty={(runs) => runs.length === 0}
        empty={<Nothing title={t`Nothing compared yet`} text={t`Every night each community is compared with Whop.`} />}
      >
        {(runs) => (
          <List label={t`Compared with Whop`}>
            {runs.map((run) => (
              <Run key={run.id} run={run} />
            ))}
          </List>
        )}
      </Answer>
    </Panel>
  );
}

function Run({ run }: { run: CompanyWhopRun }) {
  const { i18n } = useLingui();
  const [found, filled, failed] = [printCount(run.holes), printCount(run.filled), printCount(run.failed)];
  return (
    <Line
      title={
        <>
          {run.company_id} <code>{run.kind}</code>
        </>
      }
      text={
        <>
          {stateOf(run, (words) => i18n._(words))} · <Ago at={run.started_at} />
        </>
      }
      figures={
        <>
          {t`${found} found`}
          <small>{run.failed > 0 ? t`${filled} filled, ${failed} dead` : t`${filled} filled`}</small>
        </>
      }
    />
  );
}
