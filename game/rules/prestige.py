"""When a member may begin their run anew, and what that leaves them with.

A prestige is a moment: nothing is taken away. The run's XP is what is above the cost of all runs
so far, so the XP above the level it is open from comes along.
"""

from __future__ import annotations

from game.rules.levels import level_now, run_cost, run_xp
from game.rules.ruleset import RuleSet


def is_used_up(prestige_level: int, rules: RuleSet) -> bool:
    """Say whether the member has begun anew as often as the rules allow."""
    return prestige_level >= rules.prestige.times


def may_prestige(lifetime_xp: int, prestige_level: int, rules: RuleSet) -> bool:
    """Say whether the run is long enough now, and another one is allowed."""
    is_far_enough = level_now(lifetime_xp, prestige_level, rules) >= rules.prestige.from_level
    return is_far_enough and not is_used_up(prestige_level, rules)


def xp_to_prestige(lifetime_xp: int, prestige_level: int, rules: RuleSet) -> int:
    """Compute how much XP is missing to the level a prestige is open from; 0 = none."""
    return max(run_cost(rules) - run_xp(lifetime_xp, prestige_level, rules), 0)
