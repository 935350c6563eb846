"""Boards: what is ranked, over which time, in which order, and when a window's ranks are final.

A value above zero has a place; who has none shares the rank after the last. A level is ranked as
one number made of prestige and level, so that every board is a list of (value, newest fact, id).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from game.rules.levels import level_now
from game.rules.ruleset import RuleSet

Category = Literal["xp", "referrals", "commission", "level"]
BoardWindow = Literal["weekly", "monthly"]
CATEGORIES: tuple[Category, ...] = ("xp", "referrals", "commission", "level")
WINDOW_CATEGORIES: tuple[Category, ...] = ("xp", "referrals", "commission")
"""A level is the reading of a whole life: it is ranked for all time only."""
BOARD_WINDOWS: tuple[BoardWindow, ...] = ("weekly", "monthly")

PRESTIGE_STEP = 1 << 32
"""No level reaches this, and a thousand prestiges are still exact in a double (below 2^53)."""
FIRST_LEVEL = 1


class Standing(NamedTuple):
    """One place of a board. `newest_at`: the newest fact in the value; None = there is none."""

    member_id: int
    value: int
    newest_at: datetime | None
    rank: int
    position: int
    """From 1, without doubles: where the row stands in the list."""


@dataclass(frozen=True, slots=True)
class Score:
    """One member's value on one board."""

    member_id: int
    value: int
    newest_at: datetime | None


def level_value(lifetime_xp: int, prestige_level: int, rules: RuleSet) -> int:
    """Rank (prestige, level) as one number; a newcomer's first level is worth nothing."""
    level = level_now(lifetime_xp, prestige_level, rules)
    return prestige_level * PRESTIGE_STEP + level - FIRST_LEVEL


def read_level(value: int) -> tuple[int, int]:
    """Read (prestige, level) out of a level board's value."""
    prestige, above_first = divmod(value, PRESTIGE_STEP)
    return prestige, above_first + FIRST_LEVEL


def ranked(scores: Sequence[Score], *, everybody: bool = False) -> list[Standing]:
    """Put scores in their order, with standard competition ranks (1, 2, 2, 4).

    Inside a tie first the one whose newest fact is earlier, then the smaller member id. Values of
    zero and less have no place, but with `everybody`, as in a league's group.
    """
    on_board = sorted((one for one in scores if everybody or one.value > 0), key=_order)
    standings: list[Standing] = []
    for position, one in enumerate(on_board, 1):
        is_tie = bool(standings) and standings[-1].value == one.value
        rank = standings[-1].rank if is_tie else position
        standings.append(Standing(one.member_id, one.value, one.newest_at, rank, position))
    return standings


def _order(score: Score) -> tuple[int, float, int]:
    newest = score.newest_at
    return (-score.value, newest.timestamp() if newest else float("-inf"), score.member_id)


def closes_at(ends_at: datetime, rules: RuleSet) -> datetime:
    """Find when late facts stop counting for a window and its ranks become final."""
    return ends_at + timedelta(hours=rules.boards.close_hours)
