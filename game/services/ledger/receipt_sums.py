"""What a payment's receipt leaves out because the rule set says it: the rates behind its figures.

Read at the receipt's own rule version, so that an old receipt keeps its sum when rules change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from game.rules.commissions import commission_of, dollar_points
from game.rules.ruleset import Rules, RuleSet
from game.rules.ruleset_parts import CharacterClass


def with_rates(inputs: Mapping[str, Any], version: int, rules: Rules) -> Mapping[str, Any]:
    """The inputs of a payment's receipt together with the rates that lead to its figures.

    A group of rates is left out where the figure did not come from them: a payment that paid no
    money, or points that were refused.
    """
    held = next((each for each in rules.all() if each.version == version), None)
    if held is None:
        return inputs
    played = held.class_of(inputs["class"])
    return {
        **inputs,
        "class_title": played.title,
        **_commission_rates(inputs, played, held),
        **_point_parts(inputs, held),
        **_multiplier_parts(inputs, played, held),
    }


def _commission_rates(
    inputs: Mapping[str, Any], played: CharacterClass, held: RuleSet
) -> dict[str, Any]:
    commission = inputs["commission_minor"]
    if not commission or commission != commission_of(inputs["base_minor"], played, held):
        return {}
    return {
        "rate_bp": held.commission.rate_bp,
        "class_commission_bp": played.commission_bp,
        "cap_bp": held.commission.cap_bp,
    }


def _point_parts(inputs: Mapping[str, Any], held: RuleSet) -> dict[str, Any]:
    """The flat part of the points and the part for whole dollars."""
    worth = held.conversion_xp if inputs["kind"] == "conversion" else held.renewal_xp
    dollars = dollar_points(inputs["usd_base_cents"], worth.per_dollar, worth.max_dollar_points)
    flat = inputs["points"] - dollars
    if flat not in (0, worth.points):
        return {}
    return {"flat_points": flat, "dollar_points": dollars, "points_per_dollar": worth.per_dollar}


def _multiplier_parts(
    inputs: Mapping[str, Any], played: CharacterClass, held: RuleSet
) -> dict[str, Any]:
    """Class, prestige and ability: together the multiplier."""
    prestige = inputs["prestige_level"] * held.prestige.bonus_bp
    ability = inputs["multiplier_bp"] - played.xp_bp - prestige
    parts = {"class_xp_bp": played.xp_bp, "prestige_bp": prestige}
    if ability and played.ability is not None:
        parts |= {"ability_bp": ability, "ability_name": played.ability.name}
    return parts
