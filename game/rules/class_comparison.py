"""What a member's last days would have brought in each class.

Points as they were recorded, times the multipliers of each class under one version of the rules.
Nothing that would have followed is looked at: no other levels, quests or achievements.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from game.rules.commissions import commission_of
from game.rules.effects import PaymentEffect
from game.rules.multipliers import ability_bp, multiplied, multiplier_bp
from game.rules.ruleset import Rules, RuleSet
from game.rules.ruleset_parts import CharacterClass
from game.rules.takeback import kept_of

COMPARED = timedelta(days=30)
"""How far back a comparison looks: thirty times 24 hours."""


@dataclass(frozen=True, slots=True)
class Reward:
    """Points that no ability adds to: a lesson, a quest, an achievement; and the prestige then."""

    points: int
    prestige_level: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a member did in the time that is compared.

    `in_rally` flags the conversions made in a rally, whatever the member played.
    """

    payments: Sequence[PaymentEffect]
    rewards: Sequence[Reward]
    in_rally: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class ClassWorth:
    """What one class would have brought. `ability_xp` is the part of `xp` its ability adds.

    `commission`: minor units by currency.
    """

    key: str
    xp: int
    ability_xp: int
    commission: Mapping[str, int]


def compare(recorded: Recorded, versions: Rules, now: datetime) -> list[ClassWorth]:
    """Value the same deeds in every class of the rules that hold now, the starting one too."""
    rules = versions.at(now)
    return [_worth(played, recorded, versions, rules) for played in rules.classes.values()]


def _worth(
    played: CharacterClass, recorded: Recorded, versions: Rules, rules: RuleSet
) -> ClassWorth:
    xp = ability_xp = 0
    commission: Counter[str] = Counter()
    for payment in recorded.payments:
        share = (payment.taken_num, payment.taken_den)
        plain = multiplier_bp(played, payment.prestige_level, rules)
        in_rally = recorded.in_rally.get(payment.payment_id, False)
        more = ability_bp(played, payment.kind, payment.usd_base_cents, in_rally=in_rally)
        kept = kept_of(multiplied(payment.points, plain + more), share)
        xp += kept
        ability_xp += kept - kept_of(multiplied(payment.points, plain), share)
        if _pays(payment, versions):
            earned = commission_of(payment.base_minor, played, rules)
            commission[payment.currency] += kept_of(earned, share)
    for reward in recorded.rewards:
        xp += multiplied(reward.points, multiplier_bp(played, reward.prestige_level, rules))
    return ClassWorth(played.key, xp, ability_xp, dict(commission))


def _pays(payment: PaymentEffect, versions: Rules) -> bool:
    """Say whether a payment pays money at all: one that was cut off or of a banned member does not.

    What earns less than half a minor unit in one class may earn one in another.
    """
    rules = versions.numbered(payment.rule_version)
    formula = commission_of(payment.base_minor, rules.class_of(payment.character_class), rules)
    is_cut_off = payment.commission_minor == 0 and formula > 0
    return not is_cut_off and payment.reason != "banned"
