"""The counts of members' local days, and the streaks that grow out of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

from game.rules.achievements import longest_run
from game.services.ledger.posting import DAY_COUNTS, MemberKey, Posting
from game.services.members.store import MemberState
from game.services.platform import bulk
from models.session import Transaction

STREAK_REACH = timedelta(days=366)
"""How far around a day a streak is looked for; the longest default badge asks for 30 days."""

MemberDays = set[tuple[MemberKey, date]]


def write_days(tx: Transaction, posting: Posting) -> MemberDays:
    """Add the gathered counts to their days; the days that became part of a streak by it."""
    rows = [
        {"company_id": key[0], "member_id": key[1], "day": day, **counts}
        for key, change in sorted(posting.changes.items())
        for day, counts in sorted(change.days.items())
        if any(counts.values())
    ]
    gained = {
        (key, day): counts["conversions"] + counts["quests_claimed"]
        for key, change in posting.changes.items()
        for day, counts in change.days.items()
    }
    for change in posting.changes.values():
        change.days.clear()
    now = bulk.insert(
        tx,
        "member_day",
        rows,
        key="company_id member_id day",
        add=" ".join(DAY_COUNTS),
        returning="company_id, member_id, day, conversions + quests_claimed",
    )
    return {
        ((company, member_id), day)
        for company, member_id, day, active in now
        if active > 0 and active - gained[(company, member_id), day] <= 0
    }


def store_streaks(
    tx: Transaction, members: Mapping[MemberKey, MemberState], days: MemberDays
) -> None:
    """Find the longest run of days through each of `days`; raise the members' best in memory."""
    if not days:
        return
    reach: dict[MemberKey, tuple[date, date]] = {}
    for key, day in days:
        first, last = reach.get(key, (day, day))
        reach[key] = (min(first, day), max(last, day))
    active: dict[MemberKey, set[date]] = defaultdict(set)
    for company, member_id, its_days in tx.rows(
        "SELECT d.company_id, d.member_id, array_agg(d.day) "
        "FROM unnest(%s::text[], %s::bigint[], %s::date[], %s::date[]) "
        "  AS k (company_id, member_id, earliest, latest) "
        "JOIN member_day d USING (company_id, member_id) "
        "WHERE d.day BETWEEN k.earliest AND k.latest AND d.conversions + d.quests_claimed > 0 "
        "GROUP BY 1, 2",
        _reach(reach),
    ):
        active[company, member_id] = set(its_days)
    for key, day in days:
        run = longest_run(active[key], day)
        members[key].best_streak = max(members[key].best_streak, run)


def _reach(days: Mapping[MemberKey, tuple[date, date]]) -> tuple[list[object], ...]:
    """The stretch of days to look at for each member, as the arrays that `unnest` takes."""
    return (
        [company for company, _ in days],
        [member_id for _, member_id in days],
        [first - STREAK_REACH for first, _ in days.values()],
        [last + STREAK_REACH for _, last in days.values()],
    )
