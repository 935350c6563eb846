"""The counts of members' local days, and which of them became part of a streak."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from game.rules.calendar_windows import Day
from game.services.ledger.posting import DAY_COUNTS, MemberKey, Posting
from game.services.members.streaks import ACTIVE
from game.services.platform import bulk
from game.services.rulesets.book import CompanyBook
from models.session import Transaction


@dataclass(slots=True)
class DayMoves:
    """Days that became active, and members of whom one ceased to be."""

    gained: dict[MemberKey, set[Day]] = field(default_factory=dict)
    lost: set[MemberKey] = field(default_factory=set)


def write_days(tx: Transaction, books: Mapping[str, CompanyBook], posting: Posting) -> DayMoves:
    """Add the gathered counts to their stretches; what it did to streaks."""
    rows = [
        {
            "company_id": key[0],
            "member_id": key[1],
            "day": stretch.date,
            "part": stretch.part,
            "starts_at": books[key[0]].zones.starts(stretch),
            **counts,
        }
        for key, change in sorted(posting.changes.items())
        for stretch, counts in sorted(change.days.items())
        if any(counts.values())
    ]
    added = {
        (key, stretch): counts["conversions"] + counts["quests_claimed"] - counts["quests_granted"]
        for key, change in posting.changes.items()
        for stretch, counts in change.days.items()
    }
    for change in posting.changes.values():
        change.days.clear()
    now = bulk.insert(
        tx,
        "member_day",
        rows,
        key="company_id member_id day part",
        update="starts_at",
        add=" ".join(DAY_COUNTS),
        returning=f"company_id, member_id, day, part, {ACTIVE}",
    )
    moves = DayMoves()
    for company, member_id, *stretch, active in now:
        key = (company, member_id)
        before = active - added[key, Day(*stretch)]
        if active > 0 >= before:
            day = books[company].zones.day_of(Day(*stretch))
            moves.gained.setdefault(key, set()).add(day)
        elif before > 0 >= active:
            moves.lost.add(key)
    return moves
