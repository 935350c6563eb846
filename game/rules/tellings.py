"""The amounts of one payment as several bodies told them, and what they come to together.

Amounts of one telling belong together: the deciding body's total, tax, refunded sum and currency
are taken whole. What it is silent on comes from the newest other telling that has it, as that
telling's share of its own total, never as a bare number: the two may be in different currencies.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from game.rules.money import half_even

Ratio = tuple[int, int]
"""An exact fraction, not necessarily in lowest terms: (numerator, denominator above zero)."""

SHARES = ("tax_minor", "refunded_minor")
"""Parts of the total, in its currency."""
EQUIVALENTS = ("usd_total_cents", "presentment_minor")
"""The whole total, said in another currency."""
GAPS = (*SHARES, *EQUIVALENTS)
"""The amounts on which a body may be silent (None, which is not 0)."""


class Telling(NamedTuple):
    """The amounts of one body. `shape` and `updated` (microseconds since 1970) are its age."""

    shape: int
    updated: int
    created: int
    currency: str
    exponent: int
    total_minor: int
    tax_minor: int | None
    refunded_minor: int | None
    usd_total_cents: int | None
    presentment_minor: int | None
    presentment_currency: str
    presentment_exponent: int

    @property
    def age(self) -> tuple[object, ...]:
        """A total order: the newer shape decides, then the newer body, then what it says."""
        return tuple(-1 if value is None else value for value in self)


def newest(tellings: Iterable[Telling], name: str) -> Telling | None:
    """Find the newest telling that is not silent on an amount."""
    spoken = [one for one in tellings if getattr(one, name) is not None]
    return max(spoken, key=lambda one: one.age) if spoken else None


def deciding(tellings: Iterable[Telling]) -> Telling:
    """Find the telling whose amounts are taken whole."""
    return max(tellings, key=lambda one: one.age)


def worth_keeping(tellings: set[Telling], decider: Telling) -> tuple[Telling, ...]:
    """List the other tellings that still say something, in a fixed order.

    Those that fill a gap of the deciding one, or that alone know the total in some currency,
    which a refund may come in. What is left out here would be left out beside any further
    telling too, so the order of arrival is no matter.
    """
    others = tellings - {decider}
    kept = {newest(tellings, name) for name in GAPS}
    for currency in {one.currency for one in others} - {decider.currency}:
        kept.add(deciding(one for one in others if one.currency == currency))
    for currency in {one.presentment_currency for one in others} - {""}:
        kept.add(deciding(one for one in tellings if one.presentment_currency == currency))
    return tuple(sorted((one for one in kept if one in others and one is not None), key=_age))


def _age(one: Telling) -> tuple[object, ...]:
    return one.age


def filled(decider: Telling, source: Telling, name: str) -> Ratio:
    """Say what an amount of `source` comes to in the deciding telling, unrounded.

    A part of the total is the same part of the deciding total. An equivalent of the whole total
    goes along with the total where both are in one currency, else it stands for the whole.
    """
    amount = getattr(source, name)
    if not source.total_minor:
        return (0 if name in SHARES else amount), 1
    if name in SHARES or source.currency == decider.currency:
        return amount * decider.total_minor, source.total_minor
    return amount, 1


def rounded(ratio: Ratio) -> int:
    """Round a filled amount for the record, once."""
    return half_even(*ratio)
