"""How much of a payment is taken back, as an exact share, and whether it is in dispute."""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd

from game.rules.facts import Dispute, Payment, Refund
from game.rules.money import half_even
from game.rules.tellings import Ratio, Telling

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
        (minor, parts), exponent = total
        part = refund.amount_minor * 10**exponent * parts
        whole = minor * 10**refund.exponent
        num, den = num * whole + part * den, den * whole
    if not is_fitting and (told := payment.exactly("refunded_minor")) is not None:
        sum_num, sum_den = told[0], told[1] * payment.total_minor
        if sum_num * den > num * sum_den:
            num, den = sum_num, sum_den
    if num >= den:
        return ALL
    common = gcd(num, den)
    return (num // common, den // common)


def shares_to_ask(payment: Payment, refunds: Sequence[Refund]) -> Sequence[Refund]:
    """List the refunds after which Whop's running sum has to be read: none where all fit.

    Where one is in a currency that fits none of the payment's amounts, the sum stands for all of
    them together, so each further refund makes it old.
    """
    counting = [one for one in refunds if one.succeeded and one.amount_minor]
    fits = all(_total_in(payment, one.currency) is not None for one in counting)
    return () if fits or not payment.total_minor else counting


def _total_in(payment: Payment, currency: str) -> tuple[Ratio, int] | None:
    """Find the payment's total in a currency, by any telling: (minor units, exponent), or None."""
    if currency == payment.currency:
        return (payment.total_minor, 1), payment.exponent
    if (
        currency == USD
        and payment.usd_total_cents
        and (total := payment.exactly("usd_total_cents"))
    ):
        return total, USD_EXPONENT
    if currency == payment.presentment_currency and payment.presentment_minor:
        total = payment.exactly("presentment_minor")
        return (total, payment.presentment_exponent) if total else None
    return _total_told_in(payment.tellings, currency)


def _total_told_in(tellings: Sequence[Telling], currency: str) -> tuple[Ratio, int] | None:
    """Find a total in a currency that only other bodies than the deciding one know."""
    for one in sorted(tellings, key=lambda telling: telling.age, reverse=True):
        if currency == one.currency and one.total_minor:
            return (one.total_minor, 1), one.exponent
        if currency == one.presentment_currency and one.presentment_minor:
            return (one.presentment_minor, 1), one.presentment_exponent
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
