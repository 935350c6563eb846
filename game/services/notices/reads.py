"""A member's numbered notices as they are read: a page after a number, and how far it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from game.services.notices.announcing import frame
from models.session import Transaction

Numbered = tuple[int, str]
"""A notice's number and its JSON text."""
Range = tuple[str, int, int, int]
"""Company, member, first and last number."""


@dataclass(frozen=True, slots=True)
class Page:
    """What came after a number, oldest first, at most as many as were asked for.

    `last_id` is the member's newest number at that moment (0 = none yet). `is_complete`: whoever
    has everything up to `after` and now takes this page, and the pages after it, misses nothing.
    It is False after a restored backup (another epoch, or a number that does not exist yet) and
    where notices in between are no longer kept. `read_up_to` is what the member has marked read.
    """

    notices: Sequence[Numbered]
    last_id: int
    epoch: str
    is_complete: bool
    read_up_to: int

    @property
    def has_more(self) -> bool:
        """True where notices remain behind this page."""
        return bool(self.notices) and self.notices[-1][0] < self.last_id


def after(  # noqa: PLR0913 - who, from where, how many
    tx: Transaction,
    company_id: str,
    member_id: int,
    number: int | None,
    *,
    limit: int,
    epoch: str = "",
) -> Page | None:
    """The member's notices after `number`; None = from now on. None for a member that is gone.

    `epoch` is the one the reader knows; empty = none, which fits every epoch.
    """
    rows = tx.rows(
        "SELECT m.notice_seq, m.notices_read, e.value FROM member m, epoch e "
        "WHERE m.company_id = %s AND m.id = %s",
        (company_id, member_id),
    )
    if not rows:
        return None
    last_id, read_up_to, its_epoch = rows[0]
    start = last_id if number is None else number
    notices = (
        between(tx, company_id, member_id, start, last_id, limit=limit) if start < last_id else []
    )
    follows = notices[0][0] == start + 1 if notices else start == last_id
    return Page(
        notices=notices,
        last_id=last_id,
        epoch=its_epoch,
        is_complete=follows and epoch in ("", its_epoch),
        read_up_to=read_up_to,
    )


def between(  # noqa: PLR0913 - who, from where to where, how many
    tx: Transaction, company_id: str, member_id: int, first: int, last: int, *, limit: int
) -> list[Numbered]:
    """The notices numbered above `first` and up to `last`, oldest first."""
    return [
        (seq, frame(seq, kind, data, at))
        for seq, kind, data, at in tx.rows(
            "SELECT seq, type, data, at FROM notice WHERE company_id = %s AND member_id = %s "
            "AND seq > %s AND seq <= %s ORDER BY seq LIMIT %s",
            (company_id, member_id, first, last, limit),
        )
    ]


def in_ranges(tx: Transaction, ranges: Sequence[Range]) -> dict[Range, list[Numbered]]:
    """The notices of many ranges of many members, in one statement."""
    found: dict[Range, list[Numbered]] = {}
    columns = tuple(list(column) for column in zip(*ranges, strict=True))
    if not columns:
        return found
    for company, member, first, last, seq, kind, data, at in tx.rows(
        "SELECT r.*, n.seq, n.type, n.data, n.at "
        "FROM unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[]) "
        "AS r (company_id, member_id, first_seq, last_seq) "
        "JOIN notice n ON n.company_id = r.company_id AND n.member_id = r.member_id "
        "AND n.seq BETWEEN r.first_seq AND r.last_seq ORDER BY n.seq",
        columns,
    ):
        key = (company, member, first, last)
        found.setdefault(key, []).append((seq, frame(seq, kind, data, at)))
    return found


def mark_read(tx: Transaction, company_id: str, member_id: int, up_to: int) -> int:
    """Note that the member has read everything up to `up_to`; what is read now.

    Never goes back, never beyond the newest number; twice is harmless.
    """
    rows = tx.rows(
        "UPDATE member SET notices_read = greatest(notices_read, least(%s, notice_seq)) "
        "WHERE company_id = %s AND id = %s RETURNING notices_read",
        (up_to, company_id, member_id),
    )
    return int(rows[0][0]) if rows else 0
