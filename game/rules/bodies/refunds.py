"""Reading a refund in both shapes: with its payment inside, or with the payment's id."""

from __future__ import annotations

from collections.abc import Mapping

from game.rules.bodies.envelope import Arrival
from game.rules.bodies.fields import Json, id_of, moment_or_none, text_of
from game.rules.facts import Refund
from game.rules.money import Nonsense, read_currency, read_money

SUCCEEDED = "succeeded"


def read_refund(data: Json, arrival: Arrival) -> Refund:
    """Read a refund. The older shape has no `updated_at`; `written_at` stands in for it."""
    status = text_of(data, "status", "data")
    amount, exponent, currency = _amount(data, status, arrival.exponents)
    payment_id = id_of(data, "payment_id", "payment", "data")
    if not payment_id:
        raise Nonsense("is missing", "data.payment_id")
    return Refund(
        refund_id=text_of(data, "id", "data"),
        payment_id=payment_id,
        amount_minor=amount,
        currency=currency,
        exponent=exponent,
        succeeded=status == SUCCEEDED,
        status=status,
        updated_at=moment_or_none(data, "updated_at", "data", arrival.latest) or arrival.written_at,
    )


def _amount(data: Json, status: str, exponents: Mapping[str, int] | None) -> tuple[int, int, str]:
    """Read what goes back: in the payment's currency, else in the processor's.

    The newer shape leaves `amount` null until the settlement is known. A refund that has not
    succeeded moves nothing, so one that names no amount at all is as good as one of nothing.
    """
    named = data.get("currency")
    currency = None if named is None else read_currency(named, "data.currency")
    for key in ("amount", "original_amount"):
        if data.get(key) is not None:
            return read_money(data[key], currency, f"data.{key}", exponents)
    if status == SUCCEEDED:
        raise Nonsense("is missing", "data.amount")
    return 0, 0, currency or ""
