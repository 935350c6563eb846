// Why the member moved in the last day: what they did, and who changed places with them.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Text } from "frosted-ui";
import { useEffect, useRef, useState } from "react";
import { Answer, isBusy } from "@/components/answer";
import { Ago } from "@/components/figures";
import { Line, List } from "@/components/list";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import type { BoardCategory, Moved, MyPlace } from "@/lib/types";
import { useGetMyPlaceQuery, type BoardChoice } from "../api/boards";
import { nameOf, printDifference, printValue } from "../board-words";

const DAY_MS = 24 * 3_600_000;

export function WhyPanel({ choice }: { choice: BoardChoice }) {
  const [since] = useState(() => new Date(Date.now() - DAY_MS).toISOString());
  const query = useGetMyPlaceQuery({ ...choice, since });
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Newer browsers answer with a promise, which an effect must not hand on.
    box.current?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }, [query.data]);
  return (
    <div ref={box} className="why">
      <Panel title={t`Your last 24 hours`} busy={isBusy(query)}>
        <Answer query={query} what={t`Your place`}>
          {(place) => <Why place={place} category={choice.category} />}
        </Answer>
      </Panel>
    </div>
  );
}

function Why({ place, category }: { place: MyPlace; category: BoardCategory }) {
  const { gap, moved } = place;
  return (
    <>
      {gap && <GapLine rank={gap.rank} value={gap.value} category={category} />}
      {moved && hasNews(moved) && <MovedList moved={moved} category={category} />}
      {moved && !hasNews(moved) && (
        <Nothing title={t`Nothing moved you`} text={t`A sale, a lesson or a claimed quest brings you forward.`} />
      )}
      {moved && !moved.complete && (
        <Text size="1" color="gray" className="plain" render={<p />}>
          <Trans>Only the places near yours were compared.</Trans>
        </Text>
      )}
    </>
  );
}

function hasNews({ facts, passed_me: passedMe, i_passed: iPassed }: Moved): boolean {
  return facts.length + passedMe.length + iPassed.length > 0;
}

function GapLine({ rank, value, category }: { rank: number; value: number | null; category: BoardCategory }) {
  if (value === null) return null;
  const difference = printDifference(category, value);
  return (
    <Text size="2" className="plain" render={<p />}>
      {value === 0 ? (
        <Trans>You are level with place {rank}.</Trans>
      ) : (
        <Trans>
          <b className="num">{difference}</b> more and you reach place {rank}.
        </Trans>
      )}
    </Text>
  );
}

function MovedList({ moved, category }: { moved: Moved; category: BoardCategory }) {
  const figure = (value: number | null) => (value === null ? undefined : signed(category, value));
  return (
    <List label={t`What moved you`}>
      {moved.facts.map((fact, at) => (
        <Line key={`fact ${at}`} title={fact.title} text={<Ago at={fact.at} />} figures={figure(fact.amount)} />
      ))}
      {moved.i_passed.map(({ place, gained }, at) => (
        <Line key={`ahead ${at}`} title={<Trans>You passed {nameOf(place)}</Trans>} figures={figure(gained)} />
      ))}
      {moved.passed_me.map(({ place, gained }, at) => (
        <Line key={`behind ${at}`} title={<Trans>{nameOf(place)} passed you</Trans>} figures={figure(gained)} />
      ))}
    </List>
  );
}

/** A level board is moved by XP, so its facts are told in XP. */
function signed(category: BoardCategory, value: number): string {
  const text = printValue(category === "level" ? "xp" : category, Math.abs(value));
  return `${value < 0 ? "−" : "+"}${text}`;
}
