"""Which badges have become true, and how long a streak of days is."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date, timedelta

from game.rules.effects import Standing, Unlock
from game.rules.multipliers import multiplied
from game.rules.ruleset import RuleSet

_DAY = timedelta(days=1)


def unlocked(
    standing: Standing, already: AbstractSet[str], rules: RuleSet, multiplier_bp: int
) -> list[Unlock]:
    """List the badges that are true now and not unlocked yet, in the rule set's order."""
    metrics = standing.metrics
    return [
        Unlock(
            key=badge.key,
            reward_xp=badge.reward_xp,
            xp=multiplied(badge.reward_xp, multiplier_bp),
            multiplier_bp=multiplier_bp,
        )
        for badge in rules.achievements
        if badge.key not in already and metrics.get(badge.metric, 0) >= badge.threshold
    ]


def locked_left(already: AbstractSet[str], rules: RuleSet) -> int:
    """Count the badges that a member can still unlock."""
    return sum(badge.key not in already for badge in rules.achievements)


def longest_run(days: AbstractSet[date], around: date) -> int:
    """Count the days in a row that hold the day `around`; 0 where that day is not among them."""
    if around not in days:
        return 0
    first = last = around
    while first - _DAY in days:
        first -= _DAY
    while last + _DAY in days:
        last += _DAY
    return (last - first).days + 1
