"""Leagues: weekly groups of equals, who goes up and who goes down. Moments: nothing is undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from game.rules.ruleset_parts import LeagueRules

TIERS = ("bronze", "silver", "gold", "platinum", "diamond")
LOWEST, HIGHEST = 0, len(TIERS) - 1


@dataclass(frozen=True, slots=True)
class Player:
    """A member to be dealt. `xp`: of the days that are measured."""

    member_id: int
    tier: int
    xp: int


@dataclass(frozen=True, slots=True)
class Seat:
    """A member's place in one week: which tier, which group of it (from 1)."""

    member_id: int
    tier: int
    group: int
    xp: int


@dataclass(frozen=True, slots=True)
class Final:
    """What a week came to for one member of a group. `rank` is a competition rank."""

    member_id: int
    xp: int
    rank: int


def active_since(rules: LeagueRules) -> timedelta:
    """How long ago a member's last XP may be for them to be dealt."""
    return timedelta(days=rules.active_days)


def measured(rules: LeagueRules) -> timedelta:
    """How much time the XP is summed over by which members are dealt."""
    return timedelta(days=rules.measured_days)


def is_in_force(active_members: int, rules: LeagueRules) -> bool:
    """Say whether a week has leagues at all: only where enough members are about."""
    return rules.enabled and active_members >= rules.min_members


def deal(players: Sequence[Player], rules: LeagueRules) -> list[Seat]:
    """Cut each tier into as few groups as keep each small enough, of sizes that differ by one.

    Sorted by XP descending, then member id; larger groups come first.
    """
    seats: list[Seat] = []
    for tier in range(len(TIERS)):
        mine = sorted(
            (one for one in players if one.tier == tier), key=lambda one: (-one.xp, one.member_id)
        )
        seats += _cut(mine, rules.group_size)
    return seats


def _cut(players: Sequence[Player], most: int) -> list[Seat]:
    if not players:
        return []
    groups = -(-len(players) // most)
    size, larger = divmod(len(players), groups)
    seats: list[Seat] = []
    for number in range(groups):
        until = len(seats) + size + (number < larger)
        seats += [
            Seat(one.member_id, one.tier, number + 1, one.xp) for one in players[len(seats) : until]
        ]
    return seats


def group_for_late(sizes: Mapping[int, int]) -> int:
    """Choose the group for who appears in mid-week: the smallest of the tier, the first of equals.

    A tier without a group gets its first one.
    """
    return min(sizes, key=lambda number: (sizes[number], number), default=1)


def moves(group: Sequence[Final], tier: int, rules: LeagueRules) -> dict[int, int]:
    """Say who goes up (1), down (-1) or stays (0), from a group in the order it ended in.

    The best fifth goes up and as many of the last go down, at least one where the group has as
    many members as that. Who has no XP goes down and never up; the ends of the ladder hold.
    """
    count = len(group) // rules.move_divisor
    found: dict[int, int] = {}
    for place, one in enumerate(group):
        step = 1 if place < count else -1 if place >= len(group) - count else 0
        if one.xp <= 0:
            step = -1
        found[one.member_id] = min(max(tier + step, LOWEST), HIGHEST) - tier
    return found
