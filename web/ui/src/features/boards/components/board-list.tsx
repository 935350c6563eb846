// A board of any length: only the rows in sight are in the page, more are fetched when the end comes near.
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";
import { Skeleton } from "frosted-ui";
import type { BoardCategory, Place } from "@/lib/types";
import { PlaceRow } from "./place-row";

const ROW_HEIGHT = 60;
/** So many rows before the last one the next page is fetched. */
const AHEAD = 20;

interface BoardListProps {
  label: string;
  category: BoardCategory;
  places: Place[];
  /** How many have a place: for who cannot see how long the list is. */
  members: number;
  more?: (() => void) | undefined;
}

export function BoardList({ label, category, places, members, more }: BoardListProps) {
  const box = useRef<HTMLOListElement>(null);
  const [top, setTop] = useState(0);
  useEffect(() => setTop(box.current?.offsetTop ?? 0), [places.length]);
  const rows = useWindowVirtualizer({
    count: places.length + (more ? 1 : 0),
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    scrollMargin: top,
    getItemKey: (at) => places[at]?.position ?? "more",
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last >= places.length - AHEAD) more();
  }, [more, last, places.length]);
  return (
    <ol ref={box} className="board-rows" aria-label={label} style={{ height: rows.getTotalSize() }}>
      {shown.map(({ key, index, start }) => {
        const place = places[index];
        return (
          <li
            key={key}
            ref={rows.measureElement}
            data-index={index}
            aria-setsize={members}
            aria-posinset={place?.position ?? undefined}
            className="board-row"
            style={{ transform: `translateY(${start - top}px)` }}
          >
            {place ? <PlaceRow place={place} category={category} /> : <Skeleton.Rect className="place-skeleton" />}
          </li>
        );
      })}
    </ol>
  );
}
