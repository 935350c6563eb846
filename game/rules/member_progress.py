"""What follows from a member's new XP: levels and badges, whose XP may bring further ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from game.rules.achievements import unlocked
from game.rules.effects import Standing, Unlock
from game.rules.levels import level_now
from game.rules.ruleset import RuleSet


@dataclass(frozen=True, slots=True)
class MemberState:
    """A member after a batch's receipts, before badges.

    `level_reached` is the highest level of this run, `level_ever` of all runs. `metrics` are the
    figures badges look at; `level_ever` and `prestige` need not be among them. `multiplier_bp` is
    the multiplier without ability that holds now.
    """

    lifetime_xp: int
    prestige_level: int
    level_reached: int
    level_ever: int
    metrics: Mapping[str, int]
    unlocked: frozenset[str]
    multiplier_bp: int


@dataclass(frozen=True, slots=True)
class MemberAdvance:
    """What became true: badges with their XP, and each level new in this run, ascending."""

    unlocks: tuple[Unlock, ...]
    lifetime_xp: int
    levels: tuple[int, ...]
    level_reached: int
    level_ever: int


def advance(state: MemberState, rules: RuleSet) -> MemberAdvance:
    """Follow XP to levels, levels to badges, badges to XP, until nothing more becomes true.

    Ends because each badge is unlocked once. Calling it with its own result finds nothing new.
    """
    xp = state.lifetime_xp
    known = set(state.unlocked)
    unlocks: list[Unlock] = []
    while True:
        level = level_now(xp, state.prestige_level, rules)
        level_ever = max(state.level_ever, level)
        figures = {**state.metrics, "level_ever": level_ever, "prestige": state.prestige_level}
        fresh = unlocked(Standing(figures), known, rules, state.multiplier_bp)
        if not fresh:
            break
        unlocks += fresh
        known.update(unlock.key for unlock in fresh)
        xp += sum(unlock.xp for unlock in fresh)
    return MemberAdvance(
        unlocks=tuple(unlocks),
        lifetime_xp=xp,
        levels=tuple(range(state.level_reached + 1, level + 1)),
        level_reached=max(state.level_reached, level),
        level_ever=level_ever,
    )
