"""The commission of one payment, and what amounts are worth in US dollars."""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime

from game.rules.effects import Kind
from game.rules.facts import Payment
from game.rules.money import WHOLE_BP, half_even
from game.rules.ruleset import RuleSet
from game.rules.ruleset_parts import CharacterClass
from game.rules.takeback import USD

WHOLE_BP_SQUARED = WHOLE_BP * WHOLE_BP
CENTS = 100


def commission_of(base_minor: int, played: CharacterClass, rules: RuleSet) -> int:
    """Compute a commission: the rate times the class, rounded half to even, under the cap."""
    rate = rules.commission.rate_bp * played.commission_bp
    earned = half_even(base_minor * rate, WHOLE_BP_SQUARED)
    return min(earned, base_minor * rules.commission.cap_bp // WHOLE_BP)


def pays_money(kind: Kind, at: datetime, started_at: datetime, rules: RuleSet) -> bool:
    """Say whether a payment of a referral still pays: neither limit touches its XP."""
    if rules.commission.applies_to == "first_payment" and kind != "conversion":
        return False
    months = rules.commission.max_months
    return months is None or at < months_later(started_at, months)


def months_later(moment: datetime, months: int) -> datetime:
    """Add calendar months; a day that the month does not have becomes its last one."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def in_usd_cents(amount_minor: int, payment: Payment) -> int:
    """Value a part of a payment in US cents; 0 while Whop has not said what the payment was."""
    if payment.currency == USD:
        return amount_minor
    usd_total = payment.exactly("usd_total_cents")
    if usd_total is None or not payment.total_minor:
        return 0
    num, den = usd_total
    return half_even(amount_minor * num, payment.total_minor * den)


def dollar_points(usd_cents: int, per_dollar: int, most: int) -> int:
    """Compute the points for whole dollars."""
    return min(usd_cents // CENTS * per_dollar, most)
