"""Members' longest streaks, moved with each posting."""

from __future__ import annotations

from collections.abc import Mapping

from game.rules.streaks import longest, longest_run
from game.services.ledger.posting import MemberKey
from game.services.members.store import MemberState
from game.services.members.streaks import ALWAYS, REACH, around, load_activity
from game.services.progress.day_counts import DayMoves
from game.services.rulesets.book import CompanyBook
from models.session import Transaction


def store_streaks(
    tx: Transaction,
    books: Mapping[str, CompanyBook],
    members: Mapping[MemberKey, MemberState],
    moves: DayMoves,
) -> None:
    """Raise the members' best streaks in memory by what their days became.

    A new active day can only lengthen the streak through it. One that ceased to be active may have
    been the first ever or used a week's freeze, so of such a member every streak is looked at; of
    one who was last read by the older rule too.
    """
    whole = {key for key, one in members.items() if not one.streaks_read} | moves.lost
    reach = {key: around(days) for key, days in moves.gained.items()}
    reach |= dict.fromkeys(whole, ALWAYS)
    found = load_activity(tx, books, reach)
    too_long: set[MemberKey] = set()
    for key, days in moves.gained.items():
        if key in whole:
            continue
        runs = [longest_run(found[key], day, books[key[0]].zones) for day in days]
        _raise(members[key], max(runs))
        if max(runs) >= REACH.days:
            too_long.add(key)
    if too_long:
        found |= load_activity(tx, books, dict.fromkeys(too_long, ALWAYS))
    for key in whole | too_long:
        _raise(members[key], longest(found[key], books[key[0]].zones))
        members[key].streaks_read = True


def _raise(member: MemberState, run: int) -> None:
    member.best_streak = max(member.best_streak, run)
