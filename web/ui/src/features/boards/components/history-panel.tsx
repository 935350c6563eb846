// Closed boards: the member's place in each, all places on request, and the proof to keep.
import { t } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Text } from "frosted-ui";
import { useState } from "react";
import { Answer, isBusy } from "@/components/answer";
import { DateOf } from "@/components/figures";
import { Panel } from "@/components/panel";
import { Nothing } from "@/components/problem";
import { tell } from "@/components/toasts";
import { asFailure } from "@/lib/api";
import { printCount } from "@/lib/numbers";
import type { ClosedBoard } from "@/lib/types";
import { useGetClosedBoardInfiniteQuery, useGetHistoryInfiniteQuery, useLazyGetProofQuery } from "../api/boards";
import { CATEGORY_NAMES, printValue } from "../board-words";
import { BoardList } from "./board-list";

export function HistoryPanel() {
  const query = useGetHistoryInfiniteQuery();
  const [open, setOpen] = useState<string | null>(null);
  const boards = query.data?.pages.flatMap((page) => page.boards);
  return (
    <Panel title={t`Closed boards`} busy={isBusy(query)}>
      <Answer
        query={{ ...query, data: boards }}
        what={t`The closed boards`}
        isEmpty={(all) => all.length === 0}
        empty={<Nothing title={t`No board has closed yet`} text={t`A week's board closes three days after its end.`} />}
      >
        {(all) => (
          <ul className="closed-boards" role="list">
            {all.map((board) => (
              <li key={board.id}>
                <Closed
                  board={board}
                  isOpen={open === board.id}
                  toggle={() => setOpen(open === board.id ? null : board.id)}
                />
                {open === board.id && <ClosedPlaces board={board} />}
              </li>
            ))}
          </ul>
        )}
      </Answer>
      {query.hasNextPage && (
        <Button
          size="2"
          variant="soft"
          color="gray"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          <Trans>Show older</Trans>
        </Button>
      )}
    </Panel>
  );
}

function Closed({ board, isOpen, toggle }: { board: ClosedBoard; isOpen: boolean; toggle: () => void }) {
  const { i18n } = useLingui();
  const { rank, value, category, starts_at: starts } = board;
  const members = printCount(board.members);
  return (
    <div className="closed-board">
      <div className="closed-words">
        <b>
          {board.type === "weekly" ? t`Week` : t`Month`} · {i18n._(CATEGORY_NAMES[category])}
        </b>
        <span>
          <Trans>
            from <DateOf at={starts} />
          </Trans>
        </span>
        <span>
          {rank === null ? (
            <Trans>You had no place among {members}.</Trans>
          ) : (
            <Trans>
              Place {rank} of {members}
            </Trans>
          )}
          {value !== null && ` · ${printValue(category, value)}`}
        </span>
      </div>
      <div className="closed-acts">
        <Button size="2" variant="soft" color="gray" aria-expanded={isOpen} onClick={toggle}>
          {isOpen ? <Trans>Hide</Trans> : <Trans>Places</Trans>}
        </Button>
        {rank !== null && <ProofButton board={board} />}
      </div>
    </div>
  );
}

function ClosedPlaces({ board }: { board: ClosedBoard }) {
  const { i18n } = useLingui();
  const query = useGetClosedBoardInfiniteQuery(board.id);
  const first = query.data?.pages[0]?.board;
  const places = query.data?.pages.flatMap((page) => page.board.entries) ?? [];
  return (
    <Answer
      query={{ ...query, data: first }}
      what={t`The places`}
      isEmpty={({ entries }) => entries.length === 0}
      empty={
        <Text size="2" color="gray" className="plain" render={<p />}>
          <Trans>Nobody scored in this time.</Trans>
        </Text>
      }
    >
      {({ board: head }) => (
        <BoardList
          label={i18n._(CATEGORY_NAMES[board.category])}
          category={board.category}
          places={places}
          members={head.members}
          more={query.hasNextPage && !query.isFetchingNextPage ? () => void query.fetchNextPage() : undefined}
        />
      )}
    </Answer>
  );
}

/** The proof as a file: what was hashed, and the hashes that lead to the chain. */
function ProofButton({ board }: { board: ClosedBoard }) {
  const [fetchProof, { isFetching }] = useLazyGetProofQuery();
  const save = async () => {
    const { data, error } = await fetchProof(board.id);
    if (!data) {
      tell("error", t`The proof could not be fetched`, asFailure(error).message);
      return;
    }
    const url = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2)], { type: "application/json" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = `place-${board.id}.json`;
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <Button size="2" variant="soft" loading={isFetching} onClick={() => void save()}>
      <Trans>Proof</Trans>
    </Button>
  );
}
