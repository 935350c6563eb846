"""What a quest's row may say, recomputed long after the moments it was written in."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from game.rules.calendar_windows import Zones
from game.rules.money import half_even
from game.rules.quests import PERCENT, QuestWorld, offers, scale_percent
from game.rules.ruleset import Rules, RuleSet
from game.rules.ruleset_parts import WindowKind


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


def worlds(badges_left: int, in_guild: frozenset[bool]) -> list[QuestWorld]:
    """List what can have decided which quests could be finished; not all of it is kept."""
    return [
        QuestWorld(lessons_recent, in_guild=is_in_guild, locked_achievements=badges_left)
        for lessons_recent in (False, True)
        for is_in_guild in in_guild
    ]


@lru_cache(maxsize=16)
def drawable(  # noqa: PLR0913, PLR0917 - what a draw is made from
    company_id: str,
    member_id: int,
    starts_at: datetime,
    level_ever: int,
    badges_left: int,
    in_guild: frozenset[bool],
    kind: WindowKind,
    rules: Rules,
    zones: Zones,
) -> frozenset[tuple[str, str]]:
    """List the (slot, template) that a window's draw can have given.

    Whether the company had a lesson lately is not kept, so what is drawn either way is good; so is
    either where the member came to a guild or left it at about that time. Kept for the next quest
    of the same window.
    """
    return frozenset(
        (offer.slot, offer.template)
        for world in worlds(badges_left, in_guild)
        for offer in offers(
            company_id,
            member_id,
            starts_at,
            level_ever,
            world,
            (kind,),
            rules,
            zones,
        )
    )
