"""What a member once reached against what their figures say today: it can never be less."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from game.rules.calendar_windows import Day
from game.rules.levels import level_now
from game.rules.streaks import Activity, longest
from game.services.members.streaks import ACTIVE
from game.services.rulesets.charter import Charter
from game.services.verifying.differences import Difference
from models.session import Transaction

ACTIVE_DAYS = f"SELECT member_id, day, part FROM member_day WHERE company_id = %s AND {ACTIVE} > 0"  # noqa: S608


def wrong_levels(
    tx: Transaction, charter: Charter, company_id: str, now: datetime
) -> Iterator[Difference]:
    """Every member whose highest level is below the level they have."""
    # A level announced under an older rule set stays; it is read anew with the next posting.
    versions = [version for version in charter.rules.all() if version.version == 1] + [
        charter.rules.at(now)
    ]
    for member, lifetime_xp, prestige, reached, ever in tx.rows(
        "SELECT id, lifetime_xp, prestige_level, level_reached, level_ever FROM member "
        "WHERE company_id = %s ORDER BY id",
        (company_id,),
    ):
        level = min(level_now(lifetime_xp, prestige, rules) for rules in versions)
        if reached < level:
            yield _below(company_id, "member.level_reached", member, reached, level)
        if ever < max(level, reached):
            yield _below(company_id, "member.level_ever", member, ever, max(level, reached))


def wrong_streaks(tx: Transaction, charter: Charter) -> Iterator[Difference]:
    """Every member whose best streak is shorter than one that stands in their days.

    Who waits to be read by the present rule is no difference.
    """
    company_id, zones = charter.company_id, charter.zones
    days: dict[int, set[Day]] = defaultdict(set)
    for member, day, part in tx.rows(ACTIVE_DAYS, (company_id,)):
        days[member].add(zones.day_of(Day(day, part)))
    for member, best in tx.rows(
        "SELECT id, best_streak FROM member WHERE company_id = %s AND streaks_read ORDER BY id",
        (company_id,),
    ):
        mine = days[member]
        most = longest(Activity(mine, min(mine, default=None)), zones)
        if best < most:
            yield _below(company_id, "member.best_streak", member, best, most)


def _below(company_id: str, what: str, member: int, stored: int, least: int) -> Difference:
    return Difference(company_id, what, str(member), str(stored), f"{least} or more")
