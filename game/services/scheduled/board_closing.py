"""Closing boards: some time after a window's end its ranks are final, hashed and chained.

What quests of the window still grant counts in it, so a board waits until they are closed. Every
window of a company is closed once, in order, whatever ticks were missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import structlog

from game.rules.boards import BOARD_WINDOWS, WINDOW_CATEGORIES, BoardWindow, closes_at
from game.rules.calendar_windows import Window
from game.services.boards import shelf
from game.services.boards.board import Board, previous
from game.services.boards.freezing import freeze
from game.services.boards.history import Closed, entries
from game.services.inbox.turns import take_turn
from game.services.ledger.posting import Posting
from game.services.members.store import lock_members
from game.services.progress.advancing import advance
from game.services.rulesets.charter import Charter, load_charter
from models.base import Json
from models.passing import Trouble, trouble
from models.session import WORKER, Transaction, transaction

log = structlog.get_logger(__name__)

WINDOWS_A_STEP = 10
TOLD = 10
"""Who ends among the first so many hears of it."""
STEP_TIMEOUT_MS = 25_000
TURN_MS = 5_000


def close_step(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:
    """Close what is due of the next company by `scheduled_for`; None = nothing is left.

    A company that is held up, or whose quests of the window are open still, is left to the next
    tick.
    """
    company = _next_company(str(progress.get("company", "")))
    if company is None:
        return None
    try:
        more = close_due(company, scheduled_for, now)
    except Exception as error:
        what = trouble(error)
        if what is Trouble.AWAY:
            raise
        text = str(error)[:300]
        log.error("close_failed", company_id=company, what=what.value, error=text)  # noqa: TRY400
        more = False
    return {"company": str(progress.get("company", "")) if more else company}


def close_due(company_id: str, until: datetime, now: datetime) -> bool:
    """Close up to ten windows of a company; True = there are more."""
    for count, window in enumerate(_due(company_id, until)):
        if count == WINDOWS_A_STEP:
            return True
        if not _close(company_id, window, now):
            break
    _tidy(company_id, now)
    return False


def _next_company(after: str) -> str | None:
    with transaction(WORKER) as tx:
        found = tx.rows(
            "SELECT company_id FROM company WHERE company_id > %s ORDER BY 1 LIMIT 1", (after,)
        )
    return str(found[0][0]) if found else None


def _due(company_id: str, until: datetime) -> Iterator[Window]:
    """The windows that closed by `until` and are not written down, oldest first."""
    with transaction(WORKER, company_id) as tx:
        charter = load_charter(tx, company_id)
        [(founded,)] = tx.rows(
            "SELECT created_at FROM company WHERE company_id = %s", (company_id,)
        )
        ends: dict[str, Any] = dict(
            tx.rows(
                "SELECT time_window, max(ends_at) FROM leaderboard_window WHERE company_id = %s "
                "GROUP BY 1",
                (company_id,),
            )
        )
    due = [
        window
        for kind in BOARD_WINDOWS
        for window in _closed_since(charter, kind, ends.get(kind) or founded, until)
    ]
    yield from sorted(due, key=lambda window: (window.ends_at, window.kind))


def _closed_since(
    charter: Charter, kind: BoardWindow, since: datetime, until: datetime
) -> Iterator[Window]:
    window = charter.zones.window(kind, since)
    while closes_at(window.ends_at, charter.rules.at(window.starts_at)) <= until:
        yield window
        window = charter.zones.window(kind, window.ends_at)


def _close(company_id: str, window: Window, now: datetime) -> bool:
    """Write a window's boards down and tell the first; False = not yet."""
    with transaction(WORKER, company_id, timeout_ms=STEP_TIMEOUT_MS, lock_ms=TURN_MS) as tx:
        take_turn(tx, company_id)
        if _quests_are_open(tx, company_id, window):
            return False
        charter = load_charter(tx, company_id)
        closed = [
            frozen
            for category in WINDOW_CATEGORIES
            if (
                frozen := freeze(
                    tx, Board(company_id, category, window), charter.rules.at(now), now
                )
            )
        ]
        tell_the_first(tx, charter, closed, now)
        tx.flush()
    return True


def _quests_are_open(tx: Transaction, company_id: str, window: Window) -> bool:
    """Whether a quest may still grant XP as of a moment inside the window."""
    return bool(
        tx.rows(
            "SELECT 1 FROM quest WHERE company_id = %s AND closed_at IS NULL AND ends_at <= %s "
            "LIMIT 1",
            (company_id, window.ends_at),
        )
    )


def tell_the_first(tx: Transaction, charter: Charter, closed: list[Closed], now: datetime) -> None:
    """Tell those among the first, and count the week's first places in XP towards a badge."""
    places = [
        (one, place)
        for one in closed
        for place in entries(tx, charter.company_id, one.number, 0, TOLD).rows
    ]
    firsts = _firsts(tx, charter.company_id, closed)
    keys = {(charter.company_id, place.member_id) for _, place in places}
    keys |= {(charter.company_id, member) for member in firsts}
    if not keys:
        return
    members = lock_members(tx, keys)
    for member in firsts:
        members[charter.company_id, member].weekly_firsts += 1
    posting = Posting(now)
    for one, place in places:
        posting.changes[charter.company_id, place.member_id].tell(
            "leaderboard_updated",
            board=one.window,
            category=one.category,
            rank=place.rank,
            members=one.members,
            tier="",
            step=0,
        )
    advance(tx, posting, {charter.company_id: charter}, members)


def _firsts(tx: Transaction, company_id: str, closed: list[Closed]) -> list[int]:
    """Everybody of rank 1 on the week's XP board."""
    numbers = [one.number for one in closed if (one.window, one.category) == ("weekly", "xp")]
    rows = tx.rows(
        "SELECT member_id FROM leaderboard_entries WHERE company_id = %s AND number = ANY(%s) "
        "AND rank = 1 ORDER BY 1",
        (company_id, numbers),
    )
    return [member for (member,) in rows]


def _tidy(company_id: str, now: datetime) -> None:
    """Take the boards out of Redis that nobody reads there any more."""
    with transaction(WORKER, company_id) as tx:
        charter = load_charter(tx, company_id)
    meta = shelf.live_meta(company_id)
    if meta is not None:
        begins = [int(previous(charter, kind, now).starts_at.timestamp()) for kind in BOARD_WINDOWS]
        shelf.drop_windows_before(company_id, shelf.Meta(meta.levels, *begins))
