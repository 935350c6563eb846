// A draft tried on the last days: asked for, followed while it runs, and what would have been.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Text } from "frosted-ui";
import { useState } from "react";
import { Meter } from "@/components/meter";
import { Panel } from "@/components/panel";
import { Nothing, Problem, Trouble } from "@/components/problem";
import { asFailure } from "@/lib/api";
import { tell } from "@/components/toasts";
import type { RulesDocument } from "@/lib/types";
import { useAskPreviewMutation, useGetPreviewQuery } from "../api/drafts";
import { PreviewResult } from "./preview-result";

const DAYS = [7, 30, 90] as const;
const LOOK_EVERY_MS = 1_000;

export function PreviewPanel({ draft }: { draft: () => Promise<RulesDocument | null> }) {
  const [days, setDays] = useState<number>(30);
  const [asked, setAsked] = useState<string | null>(null);
  const [ask, { isLoading }] = useAskPreviewMutation();
  const begin = async () => {
    const document = await draft();
    if (!document) return;
    const answer = await ask({ document, days });
    if (answer.error) {
      const failure = asFailure(answer.error);
      const running = failure.kind === "refused" && failure.code === "preview_running" && failure.details["id"];
      if (typeof running === "string") setAsked(running);
      else tell("error", t`It could not be tried`, failure.message);
    } else setAsked(answer.data.id);
  };
  return (
    <Panel title={t`Try it first`}>
      <Text size="2" color="gray" className="plain" render={<p />}>
        <Trans>See what your draft would have changed with real payments, lessons and quests. Nothing is booked.</Trans>
      </Text>
      <fieldset className="days">
        <legend className="hidden">{t`How far back`}</legend>
        {DAYS.map((count) => (
          <label key={count}>
            <input type="radio" name="days" checked={days === count} onChange={() => setDays(count)} />
            <span>{t`${count} days`}</span>
          </label>
        ))}
      </fieldset>
      <Button size="3" variant="soft" loading={isLoading} onClick={() => void begin()}>
        <Trans>Try the draft</Trans>
      </Button>
      {asked ? (
        <Followed key={asked} id={asked} retry={() => void begin()} />
      ) : (
        <Nothing title={t`Nothing tried yet`} text={t`Change some numbers, then see who gains and what it costs.`} />
      )}
    </Panel>
  );
}

function Followed({ id, retry }: { id: string; retry: () => void }) {
  const [isOver, setOver] = useState(false);
  const query = useGetPreviewQuery(id, { pollingInterval: isOver ? 0 : LOOK_EVERY_MS });
  const { data, error } = query;
  if (data && data.state !== "running" && !isOver) setOver(true);
  if (!data) {
    if (error) return <Problem what={t`The preview`} error={error} retry={() => void query.refetch()} />;
    return <Meter label={t`The preview begins`} value={0} goal={1} />;
  }
  if (data.state === "failed")
    return (
      <Trouble title={t`The preview failed.`} text={t`Nothing was changed. Your draft is still here.`} retry={retry} />
    );
  if (data.state === "running" || !data.result) {
    const { done, total } = data;
    return (
      <div aria-live="polite" className="followed">
        <Meter label={t`Buyers and members looked at`} value={done} goal={total} />
        <Text size="1" color="gray">
          <Trans>
            {done} of {total} buyers and members looked at
          </Trans>
        </Text>
      </div>
    );
  }
  return <PreviewResult result={data.result} days={data.days} />;
}
