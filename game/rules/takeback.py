"""How much of a payment is taken back, as an exact share, and whether it is in dispute."""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd

from game.rules.facts import Dispute, Payment, Refund
from game.rules.money import half_even

LOST = frozenset({"lost", "prevented"})
SETTLED = frozenset({"won", "closed"})
USD = "usd"
USD_EXPONENT = 2

NOTHING = (0, 1)
ALL = (1, 1)

Share = tuple[int, int]
"""A share from 0 to 1 as an exact fraction in lowest terms: (numerator, denominator)."""


def share_refunded(payment: Payment, refunds: Sequence[Refund]) -> Share:
    """Add up the succeeded refunds as shares of the payment, each in its own currency; at most 1.

    A refund in a currency the payment does not know says nothing by itself: then the running sum
    that Whop keeps on the payment stands in, as soon as a body has told it.
    """
    num, den = NOTHING
    is_fitting = True
    for refund in refunds:
        if not refund.succeeded or not refund.amount_minor:
            continue
        total = _total_in(payment, refund.currency)
        if total is None:
            is_fitting = False
            continue
        part = refund.amount_minor * 10 ** total[1]
        whole = total[0] * 10**refund.exponent
        num, den = num * whole + part * den, den * whole
    if not is_fitting and payment.refunded_minor * den > num * payment.total_minor:
        num, den = payment.refunded_minor, payment.total_minor
    if num >= den:
        return ALL
    common = gcd(num, den)
    return (num // common, den // common)


def _total_in(payment: Payment, currency: str) -> tuple[int, int] | None:
    """Find the payment's total in a currency: (minor units, exponent), or None."""
    if currency == payment.currency:
        return payment.total_minor, payment.exponent
    if currency == USD and payment.usd_total_cents:
        return payment.usd_total_cents, USD_EXPONENT
    if currency == payment.presentment_currency and payment.presentment_minor:
        return payment.presentment_minor, payment.presentment_exponent
    return None


def is_lost(disputes: Sequence[Dispute]) -> bool:
    """Say whether a dispute took the whole payment back. An inquiry never does."""
    return any(d.status in LOST and not d.inquiry for d in disputes)


def is_open(disputes: Sequence[Dispute]) -> bool:
    """Say whether a dispute holds the payment. A status nobody knows yet holds it too."""
    return any(d.status not in SETTLED and d.status not in LOST and not d.inquiry for d in disputes)


def kept_of(amount: int, share: Share) -> int:
    """Compute what is left of an amount: it less the share, which is rounded half to even."""
    num, den = share
    if not num:
        return amount
    return amount - half_even(amount * num, den)
