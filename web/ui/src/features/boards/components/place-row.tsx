// One row of a board: rank, face, name, level, and the figure at the far end.
import { Trans } from "@lingui/react/macro";
import { Avatar } from "frosted-ui";
import type { ReactNode } from "react";
import { printCount } from "@/lib/numbers";
import type { BoardCategory, Place } from "@/lib/types";
import { nameOf, printValue } from "../board-words";

interface PlaceRowProps {
  place: Place;
  category: BoardCategory;
  /** Small words below the name instead of the level. */
  note?: ReactNode;
  action?: ReactNode;
}

export function PlaceRow({ place, category, note, action }: PlaceRowProps) {
  const name = nameOf(place);
  const { rank, position, level, prestige_level: prestige } = place;
  return (
    <div
      className="place"
      data-me={place.is_me || undefined}
      data-medal={position !== null && rank <= 3 ? rank : undefined}
    >
      <span className="place-rank num">{position === null ? "–" : printCount(rank)}</span>
      <Avatar size="2" src={place.avatar_url ?? undefined} fallback={name.slice(0, 1).toUpperCase()} alt="" />
      <div className="place-words">
        <span className="place-name">{name}</span>
        <span className="place-note">
          {note ?? (
            <>
              <Trans>Level {level}</Trans>
              {prestige > 0 && (
                <>
                  {" · "}
                  <Trans>Prestige {prestige}</Trans>
                </>
              )}
            </>
          )}
        </span>
      </div>
      <span className="place-value num">{place.value !== null && printValue(category, place.value)}</span>
      {action}
    </div>
  );
}
