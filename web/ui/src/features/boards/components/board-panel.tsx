// One board with everything about it: places, the member's own row in sight, how far to the next, why they moved.
import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Button, Skeleton, Text } from "frosted-ui";
import { useState } from "react";
import { Answer, isBusy } from "@/components/answer";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { useNow } from "@/components/use-now";
import { printLeft } from "@/lib/times";
import type { BoardHead } from "@/lib/types";
import { useGetBoardInfiniteQuery, type BoardChoice } from "../api/boards";
import { BoardList } from "./board-list";
import { PlaceRow } from "./place-row";
import { WhyPanel } from "./why-panel";

export function BoardPanel({ title, choice }: { title: string; choice: BoardChoice }) {
  const query = useGetBoardInfiniteQuery(choice);
  const [asks, setAsks] = useState(false);
  const now = useNow();
  const first = query.data?.pages[0]?.board;
  const places = query.data?.pages.flatMap((page) => page.board.entries) ?? [];
  const more = query.hasNextPage && !query.isFetchingNextPage ? () => void query.fetchNextPage() : undefined;
  return (
    <>
      <Panel title={title} note={first && noteOf(first.board, now)} busy={isBusy(query)}>
        <Answer
          query={{ ...query, data: first }}
          what={t`The board`}
          waiting={<WaitingRows />}
          isEmpty={(board) => board.entries.length === 0}
          empty={<Nothing title={t`Nobody is on this board yet`} text={t`The first one to score stands on top.`} />}
        >
          {({ board }) => (
            <BoardList
              key={`${board.type} ${board.category} ${board.window}`}
              label={title}
              category={board.category}
              places={places}
              members={board.members}
              more={more}
            />
          )}
        </Answer>
      </Panel>
      {asks && <WhyPanel choice={choice} />}
      {first && (
        <div className="my-place" role="group" aria-label={t`Your place`}>
          <PlaceRow
            place={first.me}
            category={first.board.category}
            note={first.me.position === null ? <Trans>Not on this board yet</Trans> : undefined}
            action={
              !first.board.closed && (
                <Button size="2" variant="soft" aria-expanded={asks} onClick={() => setAsks(!asks)}>
                  {asks ? <Trans>Hide</Trans> : <Trans>Why?</Trans>}
                </Button>
              )
            }
          />
        </div>
      )}
      {first && first.board.members > 0 && first.board.members < 5 && (
        <Text size="1" color="gray" className="plain" render={<p />}>
          <Trans>Few have scored here so far, so places can change with every sale.</Trans>
        </Text>
      )}
    </>
  );
}

function noteOf(board: BoardHead, now: number): string | undefined {
  if (board.closed) return t`Final`;
  if (board.ends_at === null) return undefined;
  return Date.parse(board.ends_at) > now ? printLeft(board.ends_at, now) : t`Ended · late sales still count`;
}

function WaitingRows() {
  return (
    <div className="board-waiting">
      {Array.from({ length: 6 }, (_, at) => (
        <Skeleton.Rect key={at} className="place-skeleton" />
      ))}
    </div>
  );
}
