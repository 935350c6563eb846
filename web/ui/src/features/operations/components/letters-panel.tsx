// Dead letters: each is sent through again or dropped with a reason.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button } from "frosted-ui";
import { useState } from "react";
import { Answer, isBusy } from "@/components/answer";
import { Ago } from "@/components/figures";
import { Line, List } from "@/components/list";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import type { DeadLetter } from "@/lib/types";
import { useGetDeadLettersQuery, useReplayLetterMutation } from "../api/operations";
import { DiscardForm } from "./discard-form";
import "./letters.css";

export function LettersPanel() {
  const query = useGetDeadLettersQuery();
  const [dropping, setDropping] = useState<DeadLetter | null>(null);
  return (
    <Panel title={t`Dead letters`} note={t`the newest 50 of all communities`} busy={isBusy(query)}>
      <Answer
        query={query}
        what={t`The dead letters`}
        isEmpty={(letters) => letters.length === 0}
        empty={
          <Nothing title={t`No dead letters`} text={t`Everything that came in has been settled or comes again.`} />
        }
      >
        {(letters) => (
          <List label={t`Dead letters`}>
            {letters.map((letter) => (
              <Letter key={letter.id} letter={letter} onDrop={() => setDropping(letter)} />
            ))}
          </List>
        )}
      </Answer>
      {dropping && <DiscardForm letter={dropping} onClose={() => setDropping(null)} />}
    </Panel>
  );
}

function Letter({ letter, onDrop }: { letter: DeadLetter; onDrop: () => void }) {
  const [replay, { isLoading }] = useReplayLetterMutation();
  const { id, type } = letter;
  const again = async () => {
    const answer = await replay(id);
    if (answer.error) tell("error", t`Not sent through`, asFailure(answer.error).message);
    else tell("success", t`Letter ${id} is on its way again`);
  };
  return (
    <Line
      title={
        <>
          {type} <code>{letter.error_group}</code>
        </>
      }
      text={
        <>
          {letter.company_id ?? t`no company`} · <Ago at={letter.died_at} /> · {letter.error}
        </>
      }
      figures={
        <span className="letter-acts">
          <Button
            size="2"
            variant="soft"
            loading={isLoading}
            aria-label={t`Send letter ${id} through again`}
            onClick={() => void again()}
          >
            <Trans>Replay</Trans>
          </Button>
          <Button size="2" variant="soft" color="gray" aria-label={t`Discard letter ${id}`} onClick={onDrop}>
            <Trans>Discard</Trans>
          </Button>
        </span>
      }
    />
  );
}
