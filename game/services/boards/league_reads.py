"""Leagues as they are read: who is about, who plays in which tier, and the group of a member."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from game.rules.boards import ranked
from game.rules.calendar_windows import Day, Window
from game.rules.leagues import HIGHEST, LOWEST, TIERS, moves
from game.rules.leagues import Final as FinalPlace
from game.services.boards.board import Board
from game.services.boards.sources import read_scores
from game.services.boards.views import Place, Viewer, places_of, read_faces
from game.services.rulesets.charter import Charter, load_charter
from models.session import Transaction

MEASURED = """
SELECT member_id, sum(xp) FILTER (WHERE starts_at >= %(measured)s)::bigint,
       bool_or(xp_at IS NOT NULL AND starts_at >= %(active)s)
FROM member_day
WHERE company_id = %(company)s AND day BETWEEN %(first)s::date - 4 AND %(last)s::date + 4
  AND starts_at >= least(%(measured)s, %(active)s) AND starts_at < %(ends)s
GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class LeagueRow:
    """One member of a group. `step`: where they would go if the week ended now."""

    place: Place
    step: int


@dataclass(frozen=True, slots=True)
class LeagueView:
    """A member's league this week. `in_force` False: too few play, or there are none here.

    `tier` is None for who has no seat yet; they are seated with their first XP of the week.
    """

    in_force: bool
    tier: str | None
    tiers: Sequence[str]
    group: int | None
    starts_at: datetime
    ends_at: datetime
    rising: int
    falling: int
    rows: list[LeagueRow]
    last: LastWeek | None


@dataclass(frozen=True, slots=True)
class LastWeek:
    """What the member's week before came to."""

    starts_at: datetime
    tier: str
    rank: int
    xp: int
    step: int


def days_before(charter: Charter, week: Window, days: int) -> datetime:
    """The beginning of the local day that many days before a week's first."""
    return charter.zones.starts(Day(week.first_day - timedelta(days=days)))


def measure(tx: Transaction, charter: Charter, week: Window) -> dict[int, int]:
    """Who had XP lately at a week's start, and the XP by which they are dealt."""
    rules = charter.rules.at(week.starts_at).leagues
    measured = days_before(charter, week, rules.measured_days)
    active = days_before(charter, week, rules.active_days)
    first: date = min(measured, active).date()
    rows = tx.rows(
        MEASURED,
        {
            "company": charter.company_id,
            "measured": measured,
            "active": active,
            "ends": week.starts_at,
            "first": first,
            "last": week.first_day,
        },
    )
    return {member: int(xp or 0) for member, xp, is_active in rows if is_active}


def current_tiers(tx: Transaction, company_id: str, members: Sequence[int]) -> dict[int, int]:
    """The tier each member plays in from now on; who never played is not in it."""
    return {
        member: min(max(tier + (step or 0), LOWEST), HIGHEST)
        for member, tier, step in tx.rows(
            "SELECT DISTINCT ON (member_id) member_id, tier, step FROM league_seat "
            "WHERE company_id = %s AND member_id = ANY(%s) ORDER BY member_id, starts_at DESC",
            (company_id, list(members)),
        )
    }


def read_league(tx: Transaction, viewer: Viewer, now: datetime) -> LeagueView:
    """The viewer's group of this week with its ranks as they stand."""
    charter = load_charter(tx, viewer.company_id)
    week = charter.zones.window("weekly", now)
    rules = charter.rules.at(week.starts_at)
    company, me = viewer.company_id, viewer.member_id
    found = tx.rows(
        "SELECT w.in_force, s.tier, s.group_number FROM league_week w "
        "LEFT JOIN league_seat s ON s.company_id = w.company_id AND s.starts_at = w.starts_at "
        "  AND s.member_id = %s WHERE w.company_id = %s AND w.starts_at = %s",
        (me, company, week.starts_at),
    )
    in_force, tier, group = found[0] if found else (False, None, None)
    rows: list[LeagueRow] = []
    if tier is not None:
        members = [
            member
            for (member,) in tx.rows(
                "SELECT member_id FROM league_seat WHERE company_id = %s AND starts_at = %s "
                "AND tier = %s AND group_number = %s",
                (company, week.starts_at, tier, group),
            )
        ]
        scores = read_scores(tx, Board(company, "xp", week), rules, members)
        standings = ranked(scores, everybody=True)
        ends = [FinalPlace(one.member_id, one.value, one.rank) for one in standings]
        steps = moves(ends, tier, rules.leagues)
        faces = read_faces(tx, company, members)
        places = places_of(viewer, "xp", charter.rules.at(now), faces, standings)
        rows = [
            LeagueRow(place, steps[one.member_id])
            for place, one in zip(places, standings, strict=True)
        ]
    return LeagueView(
        in_force=bool(in_force),
        tier=None if tier is None else TIERS[tier],
        tiers=TIERS,
        group=group,
        starts_at=week.starts_at,
        ends_at=week.ends_at,
        rising=sum(row.step > 0 for row in rows),
        falling=sum(row.step < 0 for row in rows),
        rows=rows,
        last=_last(tx, company, me),
    )


def _last(tx: Transaction, company_id: str, member_id: int) -> LastWeek | None:
    found = tx.rows(
        "SELECT starts_at, tier, final_rank, final_xp, step FROM league_seat "
        "WHERE company_id = %s AND member_id = %s AND step IS NOT NULL "
        "ORDER BY starts_at DESC LIMIT 1",
        (company_id, member_id),
    )
    if not found:
        return None
    starts_at, tier, rank, xp, step = found[0]
    return LastWeek(starts_at, TIERS[tier], rank, xp, step)
