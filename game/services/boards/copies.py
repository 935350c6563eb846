"""What Redis is told of a member: every board they have a place on, in one line.

A place is the sorted set's score (the value below zero, so that the best comes first) and an entry
whose letters sort a tie: the newest fact's microsecond, then the member's id.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from game.rules.boards import level_value
from game.rules.calendar_windows import Window
from game.rules.ruleset import RuleSet
from game.services.boards.board import window_name
from game.services.boards.sources import PRESTIGED_AT
from models.session import Row, Transaction

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
NEWEST_LETTERS = 14
ID_LETTERS = 12

MEMBERS = (
    "SELECT m.id, m.board_seq, coalesce(m.character_class, ''), m.lifetime_xp, m.prestige_level, "  # noqa: S608
    "  m.total_referrals, m.earned_usd_cents, m.xp_at, m.referrals_at, m.commission_at, "
    f"  {PRESTIGED_AT} FROM member m WHERE m.company_id = %s "
)
DAYS = (
    "SELECT w.place, d.member_id, sum(d.xp)::bigint, sum(d.referrals)::bigint, "
    "  sum(d.kept_usd_cents)::bigint, max(d.xp_at), max(d.referrals_at), max(d.kept_at) "
    "FROM unnest(%s::int[], %s::date[], %s::date[], %s::timestamptz[], %s::timestamptz[]) "
    "  AS w (place, first_day, last_day, starts_at, ends_at) "
    "JOIN member_day d ON d.company_id = %s "
    "  AND d.day BETWEEN w.first_day - 4 AND w.last_day + 4 "
    "  AND d.starts_at >= w.starts_at AND d.starts_at < w.ends_at "
    "WHERE {members} GROUP BY 1, 2"
)


@dataclass(frozen=True, slots=True)
class Copy:
    """One member as Redis keeps them. `places`: (board, newest fact's letters, value)."""

    member_id: int
    seq: int
    places: list[tuple[str, str, int]]

    @property
    def letters(self) -> str:
        return letters_of_id(self.member_id)


def letters_of_id(member_id: int) -> str:
    """Write an id so that letters sort as numbers do."""
    return f"{member_id:0{ID_LETTERS}x}"


def letters_of(newest_at: datetime | None) -> str:
    """Write a moment so that letters sort as moments do; no moment comes first."""
    micros = (newest_at - EPOCH) // MICROSECOND if newest_at is not None else 0
    return f"{max(micros, 0):0{NEWEST_LETTERS}x}"


def read_entry(entry: str) -> tuple[int, datetime | None]:
    """Read (member id, newest fact) back from an entry."""
    micros = int(entry[:NEWEST_LETTERS], 16)
    newest = EPOCH + timedelta(microseconds=micros) if micros else None
    return int(entry[NEWEST_LETTERS:], 16), newest


def read_copies(
    tx: Transaction,
    company_id: str,
    rules: RuleSet,
    windows: Sequence[Window],
    members: Collection[int],
) -> list[Copy]:
    """These members, in two queries; the transaction must be a snapshot."""
    ids = list(members)
    rows = tx.rows(MEMBERS + "AND m.id = ANY(%s)", (company_id, ids))
    return _copies(tx, company_id, rules, windows, rows, ids)


def read_copies_after(  # noqa: PLR0913, PLR0917 - one step of a walk through a company
    tx: Transaction,
    company_id: str,
    rules: RuleSet,
    windows: Sequence[Window],
    after: int,
    count: int,
) -> list[Copy]:
    """The next `count` members behind the one with this id, in order of their ids."""
    rows = tx.rows(MEMBERS + "AND m.id > %s ORDER BY m.id LIMIT %s", (company_id, after, count))
    return _copies(tx, company_id, rules, windows, rows, [row[0] for row in rows])


def _copies(  # noqa: PLR0913, PLR0917 - see above
    tx: Transaction,
    company_id: str,
    rules: RuleSet,
    windows: Sequence[Window],
    rows: Sequence[Row],
    ids: list[int],
) -> list[Copy]:
    of_days = _places_of_windows(tx, company_id, windows, ids)
    copies = []
    for row in rows:
        member, seq, played, xp, prestige, referrals, cents, *newest = row
        xp_at, referrals_at, commission_at, prestiged_at = newest
        level_at = max((at for at in (xp_at, prestiged_at) if at is not None), default=None)
        lifetime = (
            ("xp", xp, xp_at),
            ("referrals", referrals, referrals_at),
            ("commission", cents, commission_at),
            ("level", level_value(xp, prestige, rules), level_at),
        )
        places = of_days[member]
        for category, value, at in lifetime:
            if value > 0:
                letters = letters_of(at)
                places.append((f"a:{category}", letters, value))
                if played:
                    places.append((f"c:{played}:{category}", letters, value))
        copies.append(Copy(member, seq, places))
    return copies


def _places_of_windows(
    tx: Transaction, company_id: str, windows: Sequence[Window], ids: list[int]
) -> dict[int, list[tuple[str, str, int]]]:
    found: dict[int, list[tuple[str, str, int]]] = defaultdict(list)
    if not ids:
        return found
    names = [
        [window_name(window, category) for category in ("xp", "referrals", "commission")]
        for window in windows
    ]
    for place, member, *figures in tx.rows(
        DAYS.format(members="d.member_id = ANY(%s)"),
        (
            list(range(len(windows))),
            [window.first_day for window in windows],
            [window.last_day for window in windows],
            [window.starts_at for window in windows],
            [window.ends_at for window in windows],
            company_id,
            ids,
        ),
    ):
        for name, value, newest in zip(names[place], figures[:3], figures[3:], strict=True):
            if value > 0:
                found[member].append((name, letters_of(newest), value))
    return found
