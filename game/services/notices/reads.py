"""A member's numbered notices as they are read: what came after a number, and how far it goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from game.services.notices import channels
from game.services.notices.announcing import frame
from game.services.notices.channel_sources import Cursor, Follower, Numbered, Stretch, read_on
from models.outgoing import Channel
from models.session import Transaction

Range = tuple[str, int, int, int]
"""Company, member, first and last number."""


class Notices:
    """The source of the members' own channels."""

    def newest(self, tx: Transaction, followers: Sequence[Follower]) -> Mapping[Follower, int]:
        """The newest numbers. The answer is made of whose they are: nobody follows another's."""
        rows = tx.rows(
            "SELECT m.company_id, m.id, m.notice_seq "
            "FROM unnest(%s::text[], %s::bigint[]) AS k (company_id, id) "
            "JOIN member m USING (company_id, id)",
            ([one.channel.company_id for one in followers], [one.member_id for one in followers]),
        )
        return {
            Follower(channels.of_member(company, member), member): last
            for company, member, last in rows
        }

    def between(
        self, tx: Transaction, channel: Channel, first: int, last: int, *, limit: int
    ) -> list[Numbered]:
        """The notices numbered above `first` and up to `last`, oldest first."""
        return [
            (seq, frame(seq, kind, data, at))
            for seq, kind, data, at in tx.rows(
                "SELECT seq, type, data, at FROM notice WHERE company_id = %s AND member_id = %s "
                "AND seq > %s AND seq <= %s ORDER BY seq LIMIT %s",
                (channel.company_id, channel.key, first, last, limit),
            )
        ]


NOTICES = Notices()


@dataclass(frozen=True, slots=True)
class NoticeList:
    """A stretch of a member's notices, and up to which number they have marked them read."""

    stretch: Stretch
    read_up_to: int


def after(tx: Transaction, cursor: Cursor, *, limit: int) -> NoticeList | None:
    """The notices of a member's own channel behind the cursor. None for a member that is gone."""
    rows = tx.rows(
        "SELECT m.notice_seq, m.notices_read, e.value FROM member m, epoch e "
        "WHERE m.company_id = %s AND m.id = %s",
        (cursor.channel.company_id, cursor.channel.key),
    )
    if not rows:
        return None
    last_id, read_up_to, epoch = rows[0]
    stretch = read_on(tx, NOTICES, cursor, last_id=last_id, epoch=epoch, limit=limit)
    return NoticeList(stretch, read_up_to)


def before(
    tx: Transaction, company_id: str, member_id: int, number: int, *, limit: int
) -> NoticeList | None:
    """The notices numbered below `number`, newest first. None for a member that is gone."""
    rows = tx.rows(
        "SELECT m.notice_seq, m.notices_read, e.value FROM member m, epoch e "
        "WHERE m.company_id = %s AND m.id = %s",
        (company_id, member_id),
    )
    if not rows:
        return None
    last_id, read_up_to, epoch = rows[0]
    entries = [
        (seq, frame(seq, kind, data, at))
        for seq, kind, data, at in tx.rows(
            "SELECT seq, type, data, at FROM notice WHERE company_id = %s AND member_id = %s "
            "AND seq < %s ORDER BY seq DESC LIMIT %s",
            (company_id, member_id, number, limit),
        )
    ]
    return NoticeList(Stretch(entries, last_id, epoch, is_complete=True), read_up_to)


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
