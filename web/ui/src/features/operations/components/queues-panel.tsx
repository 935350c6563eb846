// How many deliveries are how far. Looks again by itself.
import { t } from "@lingui/core/macro";
import { Answer, isBusy } from "@/components/answer";
import { Count } from "@/components/figures";
import { Panel } from "@/components/panel";
import { Stat, Stats } from "@/components/stat";
import { printSpan } from "@/lib/times";
import type { Queues } from "@/lib/types";
import { useGetQueuesQuery } from "../api/operations";

const EVERY_MS = 5_000;

export function QueuesPanel() {
  const query = useGetQueuesQuery(undefined, { pollingInterval: EVERY_MS, skipPollingIfUnfocused: true });
  return (
    <Panel title={t`Deliveries`} busy={isBusy(query)}>
      <Answer query={query} what={t`The queues`}>
        {(queues) => <Told queues={queues} />}
      </Answer>
    </Panel>
  );
}

function Told({ queues: { inbox, oldest_waiting_seconds: oldest } }: { queues: Queues }) {
  return (
    <Stats columns={4}>
      <Stat name={t`Waiting`} value={<Count value={inbox.waiting} />} hint={oldestIn(oldest)} />
      <Stat name={t`Coming again`} value={<Count value={inbox.retrying} />} hint={t`failed, and tried again later`} />
      <Stat name={t`Asking Whop`} value={<Count value={inbox.snoozed} />} hint={t`wait for an answer of Whop`} />
      <Stat name={t`Dead letters`} value={<Count value={inbox.dead} />} hint={t`need a person`} loss={inbox.dead > 0} />
      <Stat name={t`Settled`} value={<Count value={inbox.handled} />} />
      <Stat name={t`Ignored`} value={<Count value={inbox.ignored} />} hint={t`of types we have no use for`} />
      <Stat
        name={t`In the spool`}
        value={inbox.spooled === null ? "–" : <Count value={inbox.spooled} />}
        hint={inbox.spooled === null ? t`Redis does not answer` : t`taken while Postgres was away`}
      />
    </Stats>
  );
}

function oldestIn(seconds: number): string {
  const span = printSpan(seconds * 1_000);
  return seconds === 0 ? t`nothing waits` : t`the oldest for ${span}`;
}
