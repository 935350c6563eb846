"""What a receipt may say: its figures computed again from its own inputs and rule version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from game.rules.commissions import commission_of, dollar_points
from game.rules.facts import MemberHistory
from game.rules.multipliers import multiplied, multiplier_at, multiplier_bp, value_at
from game.rules.pricing import LARGEST_STORED_BITS
from game.rules.ruleset import RuleSet
from game.rules.takeback import USD, kept_of

CLOCKS_APART = timedelta(minutes=1)
"""How far the clocks of two processes may stand apart."""

Misfit = tuple[str, object, object]
"""(name of the figure, what the receipt says, what it must be)."""


def misfits(inputs: Mapping[str, Any], rules: RuleSet) -> Iterator[Misfit]:
    """Find the figures of a payment's receipt that do not follow from its other inputs.

    Whether a payment pays at all (a ban, a company's limits), opens its day, or is in a rally
    depends on more than its receipt holds, so a part may be missing altogether.
    """
    played = rules.class_of(inputs["class"])
    is_conversion = inputs["kind"] == "conversion"
    worth = rules.conversion_xp if is_conversion else rules.renewal_xp
    base, usd_base = inputs["base_minor"], inputs["usd_base_cents"]
    dollars = dollar_points(usd_base, worth.per_dollar, worth.max_dollar_points)
    points = {0, dollars + worth.points} if is_conversion else {0, dollars, dollars + worth.points}
    bp = {multiplier_bp(played, inputs["prestige_level"], rules)}
    if is_conversion and played.ability is not None:
        bp |= {plain + played.ability.bonus_bp for plain in bp}
    allowed: dict[str, set[Any]] = {
        "kind": {"conversion", "renewal"},
        "commission_minor": {0, commission_of(base, played, rules)},
        "points": points,
        "multiplier_bp": bp,
        "xp_awarded": {multiplied(inputs["points"], inputs["multiplier_bp"])},
    }
    if inputs["currency"] == USD:
        allowed["usd_base_cents"] = {base}
    num, den = inputs["taken"]
    if not 0 <= num <= den:
        yield "taken", inputs["taken"], "a share"
    elif den.bit_length() < LARGEST_STORED_BITS:  # a longer one was shortened for the record
        allowed["kept_minor"] = {kept_of(inputs["commission_minor"], (num, den))}
        allowed["xp_kept"] = {kept_of(inputs["xp_awarded"], (num, den))}
    for name, values in allowed.items():
        if inputs[name] not in values:
            yield name, inputs[name], " or ".join(str(value) for value in sorted(values))


def lesson_worths(multiplier: int, rules: RuleSet) -> frozenset[int]:
    """Say what a lesson can be worth: nothing beyond the day's first few, else its points."""
    return frozenset({0, multiplied(rules.lesson_xp.points, multiplier)})


def classes_around(history: MemberHistory, moment: datetime) -> frozenset[str | None]:
    """List the classes a member can have been taken for at a moment; None = none yet."""
    earliest = moment - CLOCKS_APART
    moments = {earliest, moment}
    moments |= {change.at for change in history.classes if earliest <= change.at <= moment}
    return frozenset(value_at(history.classes, at) or None for at in moments)


def multipliers_around(history: MemberHistory, moment: datetime, rules: RuleSet) -> frozenset[int]:
    """List the multipliers that a reward of this moment can have been given with.

    A class holds from the beginning of the second it was chosen in, and a reward of that second
    may have been faster.
    """
    earliest = moment - CLOCKS_APART
    moments = {earliest, moment}
    moments |= {
        change.at
        for change in (*history.classes, *history.prestiges)
        if earliest <= change.at <= moment
    }
    return frozenset(multiplier_at(history, at, rules) for at in moments)
