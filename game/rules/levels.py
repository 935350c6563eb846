"""Levels: a reading of XP, never stored apart from it."""

from __future__ import annotations

from math import isqrt

from game.rules.ruleset import RuleSet


def xp_for_level(level: int, rules: RuleSet) -> int:
    """Compute the run XP at which a level begins; level 1 begins at zero."""
    return rules.level_coefficient * level * (level - 1)


def level_of(run: int, rules: RuleSet) -> int:
    """Read the level that a run's XP has reached: the inverse of `xp_for_level`."""
    return (1 + isqrt(1 + 4 * (max(run, 0) // rules.level_coefficient))) // 2


def run_cost(rules: RuleSet) -> int:
    """Compute the XP that one prestige leaves behind: that of the level it is open from."""
    return xp_for_level(rules.prestige.from_level, rules)


def run_xp(lifetime_xp: int, prestige_level: int, rules: RuleSet) -> int:
    """Compute the XP of the present run. Below zero = a debt, which is earned back first."""
    return lifetime_xp - run_cost(rules) * prestige_level


def level_now(lifetime_xp: int, prestige_level: int, rules: RuleSet) -> int:
    """Read the level of the present run."""
    return level_of(run_xp(lifetime_xp, prestige_level, rules), rules)


def xp_to_next_level(lifetime_xp: int, prestige_level: int, rules: RuleSet) -> int:
    """Compute how much XP is missing to the next level, a debt included."""
    run = run_xp(lifetime_xp, prestige_level, rules)
    return xp_for_level(level_of(run, rules) + 1, rules) - run


def progress(lifetime_xp: int, prestige_level: int, rules: RuleSet) -> tuple[int, int]:
    """Read a level bar: (XP earned inside this level, XP this level takes)."""
    shown = max(run_xp(lifetime_xp, prestige_level, rules), 0)
    level = level_of(shown, rules)
    begins, ends = xp_for_level(level, rules), xp_for_level(level + 1, rules)
    return shown - begins, ends - begins
