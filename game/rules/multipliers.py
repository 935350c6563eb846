"""What a member was at a moment, and what that multiplies XP with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from game.rules.effects import Kind
from game.rules.facts import Change, MemberHistory
from game.rules.money import WHOLE_BP
from game.rules.ruleset import RuleSet
from game.rules.ruleset_parts import CharacterClass

BANNED = "banned"


def value_at(changes: Sequence[Change], moment: datetime) -> str:
    """Read what held at a moment, a change of that very moment included; empty = nothing yet."""
    value = ""
    for change in changes:
        if change.at > moment:
            break
        value = change.value
    return value


def class_at(history: MemberHistory, moment: datetime, rules: RuleSet) -> CharacterClass:
    """Find the class a member played at a moment; before the first choice the starting one."""
    return rules.class_of(value_at(history.classes, moment) or rules.start_class)


def prestige_at(history: MemberHistory, moment: datetime) -> int:
    """Read the prestige level at a moment."""
    return int(value_at(history.prestiges, moment) or 0)


def is_banned_at(history: MemberHistory, moment: datetime) -> bool:
    """Say whether the member was banned at a moment."""
    return value_at(history.bans, moment) == BANNED


def ability_bp(played: CharacterClass, kind: Kind, usd_base_cents: int, *, in_rally: bool) -> int:
    """Compute what the class's ability adds. Abilities work on conversions only."""
    ability = played.ability
    if ability is None or kind != "conversion":
        return 0
    if ability.kind == "big_sale" and usd_base_cents < ability.min_usd_cents:
        return 0
    if ability.kind == "rally" and not in_rally:
        return 0
    return ability.bonus_bp


def multiplier_bp(played: CharacterClass, prestige_level: int, rules: RuleSet) -> int:
    """Compute the multiplier without ability: what quests, lessons and achievements get."""
    return played.xp_bp + prestige_level * rules.prestige.bonus_bp


def multiplier_at(history: MemberHistory, moment: datetime, rules: RuleSet) -> int:
    """Compute the multiplier without ability that held for a member at a moment."""
    return multiplier_bp(class_at(history, moment, rules), prestige_at(history, moment), rules)


def multiplied(points: int, bp: int) -> int:
    """Award XP: points times the multiplier, rounded down."""
    return points * bp // WHOLE_BP


def next_class_change(history: MemberHistory, rules: RuleSet) -> datetime | None:
    """Say from when on a class may be chosen; None = at any time (no choice was made yet)."""
    if not history.classes:
        return None
    return history.classes[-1].at + timedelta(days=rules.class_change_days)


def may_choose_class(history: MemberHistory, now: datetime, rules: RuleSet) -> bool:
    """Say whether a member may choose a class now."""
    opens_at = next_class_change(history, rules)
    return opens_at is None or now >= opens_at
