"""What one more sale would be worth, by the same pricing as a real one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from game.rules.calendar_windows import Zones
from game.rules.effects import Attribution, PaymentEffect
from game.rules.facts import BuyerCase, MemberHistory, Payment
from game.rules.multipliers import multiplied, multiplier_at
from game.rules.pricing import price
from game.rules.rally import rally_flags
from game.rules.ruleset import Rules
from game.rules.takeback import USD

SALE = "the sale looked ahead to"
FLAT = 2
"""The newest shape of a payment's body."""


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale that has not happened: what is paid for the product, without tax."""

    amount_minor: int
    currency: str
    exponent: int


def look_ahead(  # noqa: PLR0913, PLR0917 - what a payment is priced with
    sale: Sale,
    history: MemberHistory,
    conversions: Sequence[tuple[str, datetime]],
    rules: Rules,
    zones: Zones,
    now: datetime,
) -> PaymentEffect:
    """Price a first payment, made now by a new buyer, as the member's conversion.

    `conversions` are (payment id, moment) of those the member made within a rally's reach. Of a
    sale in another currency than dollars nobody knows the dollars yet: what depends on them is
    none of its worth.
    """
    payment = _payment(sale, now)
    case = BuyerCase(buyer_id=SALE, payments=[payment])
    credit = Attribution(history.whop_user_id, SALE, now, "code")
    flags = rally_flags([*conversions, (SALE, now)], rules)
    [effect] = price(case, credit, {SALE: "conversion"}, history, flags, rules, zones, now)
    return effect


def ability_xp(effect: PaymentEffect, history: MemberHistory, rules: Rules) -> int:
    """Compute the part of an effect's awarded XP that the ability of the class adds."""
    plain = multiplier_at(history, effect.at, rules.at(effect.at))
    return effect.xp_awarded - multiplied(effect.points, plain)


def _payment(sale: Sale, now: datetime) -> Payment:
    return Payment(
        payment_id=SALE,
        buyer_id=SALE,
        buyer_name="",
        at=now,
        created_at=now,
        updated_at=now,
        received_at=now,
        currency=sale.currency,
        exponent=sale.exponent,
        total_minor=sale.amount_minor,
        tax_minor=0,
        usd_total_cents=sale.amount_minor if sale.currency == USD else None,
        presentment_minor=None,
        presentment_currency="",
        presentment_exponent=0,
        refunded_minor=0,
        billing_reason="one_time",
        membership_id="",
        ref="",
        promo_code_id="",
        shape=FLAT,
    )
