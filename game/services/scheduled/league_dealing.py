"""Leagues by the clock: at a week's end members move, then the next week is dealt. Once each.

All of it are moments: what the books said at that tick holds, whatever facts come later.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import structlog

from game.rules import leagues
from game.rules.boards import ranked
from game.rules.calendar_windows import Window
from game.rules.leagues import TIERS, Final, Player
from game.services.boards.board import Board
from game.services.boards.freezing import newest_receipt
from game.services.boards.league_reads import current_tiers, measure
from game.services.boards.sources import read_scores
from game.services.inbox.turns import take_turn
from game.services.ledger.posting import Posting
from game.services.members.store import lock_members
from game.services.platform import bulk
from game.services.progress.advancing import advance
from game.services.rulesets.charter import Charter, load_charter
from models.base import Json
from models.passing import Trouble, trouble
from models.session import WORKER, Transaction, transaction

log = structlog.get_logger(__name__)

SETTLED = timedelta(minutes=1)
"""By then every request that began before the week did has committed."""
COMPANIES_A_STEP = 50
STEP_TIMEOUT_MS = 25_000
TURN_MS = 5_000
MEMBERS_A_POSTING = 500

COMPANIES = """
SELECT c.company_id FROM company c WHERE c.company_id > %s ORDER BY 1 LIMIT %s
"""


def deal_step(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:
    """Bring the next companies' leagues to where `scheduled_for` wants them; None = all are."""
    with transaction(WORKER) as tx:
        companies = [
            company
            for (company,) in tx.rows(
                COMPANIES, (str(progress.get("company", "")), COMPANIES_A_STEP)
            )
        ]
    for company in companies:
        _bring(company, scheduled_for - SETTLED, now)
    return {"company": companies[-1]} if companies else None


def _bring(company_id: str, until: datetime, now: datetime) -> None:
    """One company; one that is held up or broken is left to the next tick."""
    try:
        move(company_id, until, now)
        deal(company_id, until, now)
    except Exception as error:
        what = trouble(error)
        if what is Trouble.AWAY:
            raise
        text = str(error)[:300]
        log.error("leagues_failed", company_id=company_id, what=what.value, error=text)  # noqa: TRY400


def move(company_id: str, until: datetime, now: datetime) -> None:
    """Decide the moves of weeks that ended by `until`, in order, and tell who played."""
    while True:
        with transaction(WORKER, company_id, timeout_ms=STEP_TIMEOUT_MS, lock_ms=TURN_MS) as tx:
            found = tx.rows(
                "SELECT starts_at FROM league_week WHERE company_id = %s AND moved_at IS NULL "
                "AND ends_at <= %s ORDER BY 1 LIMIT 1",
                (company_id, until),
            )
            if not found:
                return
            take_turn(tx, company_id)
            charter = load_charter(tx, company_id)
            _move(tx, charter, charter.zones.window("weekly", found[0][0]), now)


def _move(tx: Transaction, charter: Charter, week: Window, now: datetime) -> None:
    company, through = charter.company_id, newest_receipt(tx)
    rules = charter.rules.at(week.starts_at)
    if not tx.run(
        "UPDATE league_week SET moved_at = %s, moved_through = %s "
        "WHERE company_id = %s AND starts_at = %s AND moved_at IS NULL",
        (now, through, company, week.starts_at),
    ):
        return
    seats = tx.rows(
        "SELECT tier, group_number, member_id FROM league_seat "
        "WHERE company_id = %s AND starts_at = %s ORDER BY 1, 2, 3",
        (company, week.starts_at),
    )
    finals: dict[int, dict[str, Any]] = {}
    board = Board(company, "xp", week)
    scores = {one.member_id: one for one in read_scores(tx, board, rules, [s[2] for s in seats])}
    for (tier, _), group in groupby(seats, key=lambda seat: (seat[0], seat[1])):
        standings = ranked([scores[member] for *_, member in group], everybody=True)
        ends = [Final(one.member_id, one.value, one.rank) for one in standings]
        steps = leagues.moves(ends, tier, rules.leagues)
        for one in ends:
            finals[one.member_id] = {
                "company_id": company,
                "starts_at": week.starts_at,
                "member_id": one.member_id,
                "final_rank": one.rank,
                "final_xp": one.xp,
                "step": steps[one.member_id],
                "tier": tier,
                "members": len(ends),
            }
    _store_moves(tx, charter, finals, now)


def _store_moves(
    tx: Transaction, charter: Charter, finals: Mapping[int, dict[str, Any]], now: datetime
) -> None:
    told = ("tier", "members")
    bulk.update(
        tx,
        "league_seat",
        [{k: v for k, v in row.items() if k not in told} for row in finals.values()],
        key="company_id starts_at member_id",
        columns="final_rank final_xp step",
    )
    ids = sorted(finals)
    for begin in range(0, len(ids), MEMBERS_A_POSTING):
        some = ids[begin : begin + MEMBERS_A_POSTING]
        members = lock_members(tx, [(charter.company_id, member) for member in some])
        posting = Posting(now)
        for member in some:
            row = finals[member]
            posting.changes[charter.company_id, member].tell(
                "leaderboard_updated",
                board="league",
                category="xp",
                rank=row["final_rank"],
                members=row["members"],
                tier=TIERS[row["tier"] + row["step"]],
                step=row["step"],
            )
        advance(tx, posting, {charter.company_id: charter}, members)


def deal(company_id: str, until: datetime, now: datetime) -> None:
    """Deal the week that holds `until`, once; then seat who appeared since."""
    with transaction(WORKER, company_id, timeout_ms=STEP_TIMEOUT_MS, lock_ms=TURN_MS) as tx:
        charter = load_charter(tx, company_id)
        week = charter.zones.window("weekly", until)
        known = _week(tx, company_id, week)
        if known is None:
            take_turn(tx, company_id)
            known = _deal(tx, charter, week, now)
        if known:
            _seat_late(tx, charter, week, now)


def _week(tx: Transaction, company_id: str, week: Window) -> bool | None:
    """Whether a week's leagues are in force; None = it is not dealt."""
    found = tx.rows(
        "SELECT in_force FROM league_week WHERE company_id = %s AND starts_at = %s",
        (company_id, week.starts_at),
    )
    return bool(found[0][0]) if found else None


def _deal(tx: Transaction, charter: Charter, week: Window, now: datetime) -> bool:
    company, rules = charter.company_id, charter.rules.at(week.starts_at)
    through = newest_receipt(tx)
    players = measure(tx, charter, week)
    in_force = leagues.is_in_force(len(players), rules.leagues)
    dealt = tx.run(
        "INSERT INTO league_week (company_id, starts_at, ends_at, dealt_at, dealt_through, "
        "rule_version, players, in_force) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) "
        "ON CONFLICT DO NOTHING",
        (company, week.starts_at, week.ends_at, now, through, rules.version, len(players),
         in_force),
    )  # fmt: skip
    if not dealt or not in_force:
        return bool(dealt) and in_force
    tiers = current_tiers(tx, company, list(players))
    seats = leagues.deal(
        [Player(member, tiers.get(member, leagues.LOWEST), xp) for member, xp in players.items()],
        rules.leagues,
    )
    bulk.insert(
        tx,
        "league_seat",
        [_seat(company, week, one.member_id, one.tier, one.group, one.xp, now) for one in seats],
    )
    return True


def _seat_late(tx: Transaction, charter: Charter, week: Window, now: datetime) -> None:
    """Seat who has XP in this week and no seat: in the smallest group of their tier."""
    company = charter.company_id
    rows = tx.rows(
        "SELECT d.member_id FROM member_day d LEFT JOIN league_seat s "
        "ON s.company_id = d.company_id AND s.starts_at = %s AND s.member_id = d.member_id "
        "WHERE d.company_id = %s AND d.day BETWEEN %s::date - 4 AND %s::date + 4 "
        "AND d.starts_at >= %s AND d.starts_at < %s AND d.xp_at IS NOT NULL "
        "AND s.member_id IS NULL GROUP BY 1 ORDER BY min(d.xp_at), 1",
        (week.starts_at, company, week.first_day, week.last_day, week.starts_at, week.ends_at),
    )
    late = [member for (member,) in rows]
    if not late:
        return
    take_turn(tx, company)
    sizes: dict[int, Counter[int]] = defaultdict(Counter)
    for tier, group, count in tx.rows(
        "SELECT tier, group_number, count(*) FROM league_seat "
        "WHERE company_id = %s AND starts_at = %s GROUP BY 1, 2",
        (company, week.starts_at),
    ):
        sizes[tier][group] = count
    tiers = current_tiers(tx, company, late)
    seats = []
    for member in late:
        tier = tiers.get(member, leagues.LOWEST)
        group = leagues.group_for_late(sizes[tier])
        sizes[tier][group] += 1
        seats.append(_seat(company, week, member, tier, group, None, now))
    bulk.insert(tx, "league_seat", seats, key="company_id starts_at member_id")


def _seat(  # noqa: PLR0913, PLR0917 - the columns of a seat
    company: str, week: Window, member: int, tier: int, group: int, xp: int | None, now: datetime
) -> dict[str, Any]:
    return {
        "company_id": company,
        "starts_at": week.starts_at,
        "member_id": member,
        "tier": tier,
        "group_number": group,
        "measured_xp": xp,
        "seated_at": now,
    }
