// The special quests, or the achievements, that the team made: what each asks for, how it goes, and what can be done.
import { plural, t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button } from "frosted-ui";
import { useState } from "react";
import { Answer, isBusy } from "@/components/answer";
import { Meter } from "@/components/meter";
import { Modal } from "@/components/modal";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import { printCount, printShare, printXp } from "@/lib/numbers";
import { printDay } from "@/lib/times";
import { useNow } from "@/components/use-now";
import type { Creation } from "@/lib/types";
import { useChangeCreationMutation, useGetCreationsQuery, type Kind } from "../api/creations";
import { formOf, givenPercent } from "../creation-form";
import { CreationEditor } from "./creation-editor";
import "./creations.css";

/** While something is being given out, how far it is comes by itself. */
const POLL_MS = 5_000;

export function CreationsPanel({ kind }: { kind: Kind }) {
  const [isGiving, setGiving] = useState(false);
  const query = useGetCreationsQuery(kind, { pollingInterval: isGiving ? POLL_MS : 0 });
  const gives = query.data?.some((made) => givenPercent(made) !== null) ?? false;
  if (gives !== isGiving) setGiving(gives);
  const [edited, setEdited] = useState<Creation | "new" | null>(null);
  const [ended, setEnded] = useState<Creation | null>(null);
  const isQuest = kind === "quest";
  return (
    <Panel
      title={isQuest ? t`Special quests` : t`Your achievements`}
      busy={isBusy(query)}
      action={
        <Button size="2" variant="solid" className="panel-act" onClick={() => setEdited("new")}>
          {isQuest ? t`New quest` : t`New achievement`}
        </Button>
      }
    >
      <Answer
        query={query}
        what={isQuest ? t`Your quests` : t`Your achievements`}
        isEmpty={(made) => made.length === 0}
        empty={
          isQuest ? (
            <Nothing title={t`No special quests yet`} text={t`Write one for a launch, a weekend or every week.`} />
          ) : (
            <Nothing title={t`No achievements of yours yet`} text={t`Make one that fits your community.`} />
          )
        }
      >
        {(made) => (
          <ul className="creations" role="list">
            {made.map((one) => (
              <Item key={one.id} kind={kind} made={one} onEdit={() => setEdited(one)} onEnd={() => setEnded(one)} />
            ))}
          </ul>
        )}
      </Answer>
      {edited && (
        <CreationEditor kind={kind} made={edited === "new" ? undefined : edited} onClose={() => setEdited(null)} />
      )}
      {ended && <EndIt kind={kind} made={ended} onClose={() => setEnded(null)} />}
    </Panel>
  );
}

interface ItemProps {
  kind: Kind;
  made: Creation;
  onEdit: () => void;
  onEnd: () => void;
}

function Item({ kind, made, onEdit, onEnd }: ItemProps) {
  const title = titleOf(made);
  const xp = Number(made.document["reward_xp"]);
  const percent = givenPercent(made);
  return (
    <li className="creation" data-state={made.state}>
      <div className="creation-head">
        <h3>{title}</h3>
        <span className="creation-state" data-state={made.state}>
          {stateName(made.state)}
        </span>
      </div>
      <p>
        {made.words} · <span className="num">{printXp(xp)}</span>
      </p>
      {kind === "quest" && <Days made={made} />}
      {made.state !== "draft" && <Standing kind={kind} made={made} />}
      {percent !== null && (
        <div className="creation-giving">
          <Meter label={t`Given out`} value={percent} goal={100} size="1" />
          <span className="num">
            <Trans>Reaching members: {percent} %</Trans>
          </span>
        </div>
      )}
      {made.state !== "ended" && (
        <div className="creation-acts">
          <Button size="2" variant="soft" aria-label={t`Edit ${title}`} onClick={onEdit}>
            <Trans>Edit</Trans>
          </Button>
          <Button size="2" variant="soft" color="gray" aria-label={t`End ${title}`} onClick={onEnd}>
            {made.state === "draft" ? t`Discard` : t`End`}
          </Button>
        </div>
      )}
    </li>
  );
}

/** When a quest is open. */
function Days({ made }: { made: Creation }) {
  const now = useNow(3_600_000);
  const { every, first_day: firstDay, last_day: lastDay } = formOf(made.document, "");
  const first = printDay(firstDay, now);
  const last = lastDay ? printDay(lastDay, now) : "";
  const again: Record<string, string> = { day: t`Every day`, week: t`Every week`, month: t`Every month` };
  const often = again[every] ?? "";
  const span = last ? t`${first} to ${last}` : t`from ${first}`;
  return <p>{often ? `${often}, ${span}` : span}</p>;
}

function Standing({ kind, made }: { kind: Kind; made: Creation }) {
  if (kind === "achievement") {
    return <p className="num">{plural(made.given, { one: "# member has it", other: "# members have it" })}</p>;
  }
  if (made.given === 0) return null;
  const rate = printShare(made.completed, made.given);
  return (
    <p className="num">
      <Trans>
        {printCount(made.given)} given · {printCount(made.completed)} finished ({rate})
      </Trans>
    </p>
  );
}

function EndIt({ kind, made, onClose }: { kind: Kind; made: Creation; onClose: () => void }) {
  const [change, { isLoading }] = useChangeCreationMutation();
  const title = titleOf(made);
  const end = async () => {
    const answer = await change({ kind, id: made.id, draft: { state: "ended" } });
    if (answer.error) tell("error", t`${title} was not ended`, asFailure(answer.error).message);
    else tell("success", t`${title} is ended`);
    onClose();
  };
  const text =
    kind === "quest"
      ? t`Nobody is given it any more. Those who have it can still finish it and claim the XP.`
      : t`Nobody can unlock it any more. Those who have it keep it.`;
  return (
    <Modal
      open
      asks
      onClose={onClose}
      title={t`End ${title}?`}
      description={made.state === "draft" ? t`Nobody has seen this draft. It cannot be brought back.` : text}
    >
      <div className="modal-foot">
        <Button size="3" variant="soft" color="gray" onClick={onClose}>
          <Trans>Keep it</Trans>
        </Button>
        <Button size="3" variant="solid" color="danger" loading={isLoading} onClick={() => void end()}>
          <Trans>End it</Trans>
        </Button>
      </div>
    </Modal>
  );
}

function titleOf(made: Creation): string {
  return formOf(made.document, "").title;
}

function stateName(state: Creation["state"]): string {
  return { draft: t`Draft`, published: t`Live`, ended: t`Ended` }[state];
}
