"""What a quest's row may say, recomputed long after the moments it was written in."""

from __future__ import annotations

from game.rules.money import half_even
from game.rules.quests import PERCENT, scale_percent
from game.rules.ruleset import RuleSet


def fixed_numbers(template: str, level_ever: int, rules: RuleSet) -> tuple[int, int]:
    """Compute (target, reward in XP) of a quest given to a member of this highest level.

    Raises KeyError for a template these rules have not.
    """
    found = rules.quest(template)
    percent = scale_percent(level_ever, rules)
    target = found.target
    if found.target_type in rules.quests.scaling.scaled_targets:
        target = half_even(target * percent, PERCENT)
    return target, found.reward_xp * percent // PERCENT


def progress_between(counted: int, once: int, target: int, *, is_closed: bool) -> tuple[int, int]:
    """Compute the least and the most progress a quest can show.

    `counted`: what its days add up to now. `once`: the most they can have added up to before
    corrections took something away, as progress never goes down. A closed quest does not hear of
    what came later, so there the count is no lower bound.
    """
    least = 0 if is_closed else min(max(counted, 0), target)
    return least, min(max(counted, once, 0), target)
