"""Closed boards: what was written at the close, and the proof of a place in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from game.rules import board_proofs
from game.rules.board_proofs import Step, canonical, digest, moment
from game.rules.boards import Standing
from game.rules.refusals import Refusal
from game.services.boards.board import Board
from game.services.boards.sources import Around, Slice
from game.services.platform.keyset import Key, Page, cut
from models.session import Row, Transaction

COLUMNS = (
    "w.number, w.time_window, w.category, w.starts_at, w.ends_at, w.closed_at, w.through_seq, "
    "w.members, w.root, w.previous, w.hash"
)
NEWEST = 2**62


@dataclass(frozen=True, slots=True)
class Closed:
    """One closed board. `hash` is that of its record, `previous` that of the board before."""

    number: int
    window: str
    category: str
    starts_at: datetime
    ends_at: datetime
    closed_at: datetime
    through_seq: int
    members: int
    root: str
    previous: str
    hash: str

    def record(self, company_id: str) -> str:
        """Write it in the one way that is hashed."""
        return canonical(
            {
                "category": self.category,
                "closed_at": moment(self.closed_at),
                "company_id": company_id,
                "ends_at": moment(self.ends_at),
                "members": self.members,
                "number": self.number,
                "previous": self.previous,
                "root": self.root,
                "starts_at": moment(self.starts_at),
                "through_seq": self.through_seq,
                "window": self.window,
            }
        )


@dataclass(frozen=True, slots=True)
class ClosedView:
    """A closed board in the list, with the viewer's place; rank None = they had none."""

    closed: Closed
    rank: int | None
    value: int | None


@dataclass(frozen=True, slots=True)
class Proof:
    """All that shows one member's place in a closed board (`docs/proofs.md`)."""

    record: str
    hash: str
    previous: str
    entry: str
    leaf: str
    path: Sequence[Step]
    root: str
    next_hash: str | None
    """That of the board closed after it, whose record names this one's."""


def entry_text(company_id: str, number: int, one: Standing, salt: str) -> str:
    """Write one place in the one way that is hashed."""
    return canonical(
        {
            "company_id": company_id,
            "member_id": one.member_id,
            "newest_at": moment(one.newest_at),
            "number": number,
            "position": one.position,
            "rank": one.rank,
            "salt": salt,
            "value": one.value,
        }
    )


def number_of(tx: Transaction, board: Board) -> int | None:
    """The number under which a window's board was closed; None = it is open still."""
    if board.window is None:
        return None
    found = tx.rows(
        "SELECT number FROM leaderboard_window WHERE company_id = %s AND time_window = %s "
        "AND category = %s AND starts_at = %s",
        (board.company_id, board.window.kind, board.category, board.window.starts_at),
    )
    return int(found[0][0]) if found else None


def read_history(
    tx: Transaction, company_id: str, member_id: int, after: Key | None, limit: int
) -> Page[ClosedView]:
    """The company's closed boards, newest first, with the member's places."""
    rows = tx.rows(
        f"SELECT {COLUMNS}, e.rank, e.value FROM leaderboard_window w "  # noqa: S608 - our own names
        "LEFT JOIN LATERAL (SELECT rank, value FROM leaderboard_entries e "
        "  WHERE e.company_id = w.company_id AND e.number = w.number "
        "  AND e.member_id = %s) e ON true "
        "WHERE w.company_id = %s AND w.number < %s ORDER BY w.number DESC LIMIT %s",
        (member_id, company_id, after[0] if after else NEWEST, limit + 1),
    )
    views = [ClosedView(Closed(*row[:-2]), row[-2], row[-1]) for row in rows]
    return cut(views, limit, lambda view: (view.closed.number,))


def read_closed(tx: Transaction, company_id: str, number: int) -> Closed:
    """One closed board. Refuses `not_found`."""
    rows = tx.rows(
        f"SELECT {COLUMNS} FROM leaderboard_window w "  # noqa: S608 - our own names
        "WHERE w.company_id = %s AND w.number = %s",
        (company_id, number),
    )
    if not rows:
        raise Refusal("not_found", "There is no such closed board.", {"id": str(number)})
    return Closed(*rows[0])


def entries(tx: Transaction, company_id: str, number: int, offset: int, limit: int) -> Slice:
    """Places of a closed board from `offset` on."""
    rows = tx.rows(
        "SELECT member_id, value, newest_at, rank, position FROM leaderboard_entries "
        "WHERE company_id = %s AND number = %s AND position > %s ORDER BY position LIMIT %s",
        (company_id, number, offset, limit),
    )
    return Slice(read_closed(tx, company_id, number).members, _standings(rows))


def around(
    tx: Transaction, company_id: str, number: int, member_id: int, neighbours: int
) -> Around:
    """A member's place in a closed board and those about it."""
    members = read_closed(tx, company_id, number).members
    found = tx.rows(
        "SELECT position FROM leaderboard_entries "
        "WHERE company_id = %s AND member_id = %s AND number = %s",
        (company_id, member_id, number),
    )
    middle = found[0][0] if found else members + 1
    rows = tx.rows(
        "SELECT member_id, value, newest_at, rank, position FROM leaderboard_entries "
        "WHERE company_id = %s AND number = %s AND position BETWEEN %s AND %s ORDER BY position",
        (company_id, number, middle - neighbours, middle + neighbours),
    )
    standings = _standings(rows)
    mine = next((one for one in standings if one.member_id == member_id), None)
    return Around(mine, mine.rank if mine else members + 1, members, standings)


def read_proof(tx: Transaction, company_id: str, member_id: int, number: int) -> Proof:
    """The proof of a member's own place. Refuses `not_found`, also where they had none."""
    closed = read_closed(tx, company_id, number)
    texts = leaves_of(tx, company_id, number)
    place = next((at for at, (member, _) in enumerate(texts) if member == member_id), None)
    if place is None:
        raise Refusal("not_found", "You had no place on this board.", {"id": str(number)})
    leaves = [digest(text) for _, text in texts]
    return Proof(
        record=closed.record(company_id),
        hash=closed.hash,
        previous=closed.previous,
        entry=texts[place][1],
        leaf=leaves[place],
        path=board_proofs.path_of(leaves, place),
        root=closed.root,
        next_hash=_next_hash(tx, company_id, number),
    )


def _next_hash(tx: Transaction, company_id: str, number: int) -> str | None:
    found = tx.rows(
        "SELECT hash FROM leaderboard_window WHERE company_id = %s AND number = %s",
        (company_id, number + 1),
    )
    return str(found[0][0]) if found else None


def leaves_of(tx: Transaction, company_id: str, number: int) -> list[tuple[int, str]]:
    """(member, text that is hashed) of every place of a closed board, in order."""
    return [
        (row[0], entry_text(company_id, number, Standing(*row[:5]), row[5]))
        for row in tx.rows(
            "SELECT member_id, value, newest_at, rank, position, salt FROM leaderboard_entries "
            "WHERE company_id = %s AND number = %s ORDER BY position",
            (company_id, number),
        )
    ]


def _standings(rows: Sequence[Row]) -> list[Standing]:
    return [Standing(*row) for row in rows]
