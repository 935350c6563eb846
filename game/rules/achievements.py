"""Which badges have become true."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache

from game.rules.effects import Standing, Unlock
from game.rules.metrics import BADGE_METRICS
from game.rules.multipliers import multiplied
from game.rules.requirements import Reach, Requirement, is_met, metrics_of
from game.rules.ruleset import RuleSet
from game.rules.ruleset_parts import Achievement


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
        for badge in reachable(rules)
        if badge.key not in already and _is_true(badge, metrics)
    ]


def locked_left(already: AbstractSet[str], rules: RuleSet) -> int:
    """Count the badges that a member can still unlock."""
    return sum(badge.key not in already for badge in reachable(rules))


@lru_cache(maxsize=256)
def _reachable(badges: tuple[Achievement, ...]) -> tuple[Achievement, ...]:
    return tuple(badge for badge in badges if metrics_of(asked(badge)) <= BADGE_METRICS.keys())


def reachable(rules: RuleSet) -> tuple[Achievement, ...]:
    """List the badges somebody can unlock: those whose metric is recorded."""
    return _reachable(rules.achievements)


def asked(badge: Achievement) -> Requirement:
    """Say what a badge asks for in the one language of requirements."""
    return badge.requirement or Reach(badge.metric, "at_least", badge.threshold)


def _is_true(badge: Achievement, metrics: Mapping[str, int]) -> bool:
    if badge.requirement is None:
        return metrics.get(badge.metric, 0) >= badge.threshold
    return is_met(badge.requirement, metrics)
