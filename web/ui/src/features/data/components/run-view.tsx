// One run: what it does, how far it is, what it found.
import { t } from "@lingui/core/macro";
import { useLingui } from "@lingui/react/macro";
import { Text } from "frosted-ui";
import { Ago, Count } from "@/components/figures";
import { Meter } from "@/components/meter";
import { Stat, Stats } from "@/components/stat";
import type { WhopRun } from "@/lib/types";
import { isOpen, PARTS, stateOf } from "@/lib/whop-runs";

export function RunView({ run, withdrawn = 0 }: { run: WhopRun; withdrawn?: number }) {
  const { i18n } = useLingui();
  const open = isOpen(run);
  return (
    <div className="run">
      <div role="status">
        <Text size="2" weight="medium" render={<p />}>
          {stateOf(run, (words) => i18n._(words))}
        </Text>
      </div>
      {open ? (
        <Meter label={t`Progress`} {...progressOf(run, withdrawn)} />
      ) : (
        <Text size="1" color="gray" render={<p />}>
          <Ago at={run.finished_at ?? run.started_at} />
        </Text>
      )}
      <Stats columns={3}>
        <Stat name={t`Compared`} value={<Count value={run.looked} />} hint={t`payments, refunds and so on`} />
        <Stat name={t`Missing`} value={<Count value={run.holes} />} hint={t`Whop knew, we did not`} />
        {run.kind === "import" && withdrawn > 0 ? (
          <Stat name={t`Taken back`} value={<Count value={withdrawn} />} hint={t`no longer in the books`} />
        ) : (
          <Stat
            name={t`Added`}
            value={<Count value={run.filled} />}
            hint={failedHint(run.failed)}
            loss={run.failed > 0}
          />
        )}
      </Stats>
    </div>
  );
}

/** Four lists are read, then what was missing is added: five steps, the last one as far as it is. */
function progressOf(run: WhopRun, withdrawn: number): { value: number; goal: number } {
  if (run.state === "undoing") return { value: withdrawn, goal: run.holes };
  if (run.state === "settling") return { value: PARTS.length + 1, goal: PARTS.length + 2 };
  return { value: PARTS.indexOf(run.part) + 1, goal: PARTS.length + 2 };
}

function failedHint(failed: number): string {
  return failed === 0 ? t`now in the books` : t`${failed} could not be read; support has been told`;
}
