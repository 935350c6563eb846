"""The counts of members' local days, and the streaks that grow out of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from game.rules.achievements import longest_run
from game.rules.calendar_windows import Day
from game.services.ledger.posting import (
    DAY_COUNTS,
    NEWEST_OF,
    MemberChange,
    MemberKey,
    Posting,
    Scored,
)
from game.services.members.store import MemberState
from game.services.platform import bulk
from game.services.rulesets.book import CompanyBook
from models.session import Transaction

STREAK_REACH = timedelta(days=366)
"""How far around a day a streak is looked for; the longest default badge asks for 30 days."""

MemberDays = set[tuple[MemberKey, Day]]


def write_days(tx: Transaction, books: Mapping[str, CompanyBook], posting: Posting) -> MemberDays:
    """Add the gathered counts to their stretches; the days that became part of a streak by it."""
    _score_grants(books, posting)
    rows = [
        {
            "company_id": key[0],
            "member_id": key[1],
            "day": stretch.date,
            "part": stretch.part,
            "starts_at": books[key[0]].zones.starts(stretch),
            **counts,
            **_newest(change, stretch),
        }
        for key, change in sorted(posting.changes.items())
        for stretch, counts in sorted(change.days.items())
        if any(counts.values()) or stretch in change.newest
    ]
    gained = {
        (key, stretch): counts["conversions"] + counts["quests_claimed"]
        for key, change in posting.changes.items()
        for stretch, counts in change.days.items()
    }
    for change in posting.changes.values():
        change.days.clear()
        change.newest.clear()
    now = bulk.insert(
        tx,
        "member_day",
        rows,
        key="company_id member_id day part",
        update="starts_at",
        add=" ".join(DAY_COUNTS),
        latest=" ".join(NEWEST_OF.values()),
        returning="company_id, member_id, day, part, conversions + quests_claimed",
    )
    return {
        ((company, member_id), books[company].zones.day_of(Day(*stretch)))
        for company, member_id, *stretch, active in now
        if active > 0 and active - gained[(company, member_id), Day(*stretch)] <= 0
    }


def _score_grants(books: Mapping[str, CompanyBook], posting: Posting) -> None:
    """Give rewards to the days as of which they were granted; for good, so nothing ever leaves."""
    for key, at, xp in posting.granted:
        stretch = books[key[0]].zones.stretch(at)
        posting.changes[key].score(None, Scored(stretch, at, {"xp": xp}))
    posting.granted.clear()


def _newest(change: MemberChange, stretch: Day) -> dict[str, datetime | None]:
    """The columns of a day's row that say what is newest in its scores."""
    newest = change.newest.get(stretch, {})
    return {column: newest.get(what) for what, column in NEWEST_OF.items()}


def store_streaks(
    tx: Transaction,
    books: Mapping[str, CompanyBook],
    members: Mapping[MemberKey, MemberState],
    days: MemberDays,
) -> None:
    """Find the longest run of days through each of `days`; raise the members' best in memory."""
    if not days:
        return
    reach: dict[MemberKey, tuple[date, date]] = {}
    for key, day in days:
        first, last = reach.get(key, (day.date, day.date))
        reach[key] = (min(first, day.date), max(last, day.date))
    active: dict[MemberKey, set[Day]] = defaultdict(set)
    for company, member_id, dates, parts in tx.rows(
        "SELECT d.company_id, d.member_id, array_agg(d.day), array_agg(d.part) "
        "FROM unnest(%s::text[], %s::bigint[], %s::date[], %s::date[]) "
        "  AS k (company_id, member_id, earliest, latest) "
        "JOIN member_day d USING (company_id, member_id) "
        "WHERE d.day BETWEEN k.earliest AND k.latest AND d.conversions + d.quests_claimed > 0 "
        "GROUP BY 1, 2",
        _reach(reach),
    ):
        zones = books[company].zones
        active[company, member_id] = {
            zones.day_of(Day(*stretch)) for stretch in zip(dates, parts, strict=True)
        }
    for key, day in days:
        run = longest_run(active[key], day, books[key[0]].zones)
        members[key].best_streak = max(members[key].best_streak, run)


def _reach(days: Mapping[MemberKey, tuple[date, date]]) -> tuple[list[object], ...]:
    """The stretch of days to look at for each member, as the arrays that `unnest` takes."""
    return (
        [company for company, _ in days],
        [member_id for _, member_id in days],
        [first - STREAK_REACH for first, _ in days.values()],
        [last + STREAK_REACH for _, last in days.values()],
    )
