"""Reading a payment in both of Whop's shapes: flat with money objects, nested with numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from game.rules.bodies.envelope import Arrival
from game.rules.bodies.fields import (
    Json,
    id_of,
    moment_of,
    moment_or_none,
    name_of,
    part_of,
    ref_of,
    text_of,
    text_or_empty,
)
from game.rules.facts import Payment, ToldBy
from game.rules.money import Nonsense, read_currency, read_money

USD = "usd"
FLAT, NESTED = 2, 1
_NOT_TOLD_ORDER = ("at", "refunded_minor", "tax_minor")


def read_payment(data: Json, arrival: Arrival) -> Payment:
    """Read a payment that was paid. `written_at` stands in for a missing `updated_at`."""
    latest = arrival.latest
    exponents = arrival.exponents
    total, exponent, currency = _total(data, exponents)
    tax = _tax(data, currency, exponents)
    refunded = _same_currency(data, "refunded_amount", currency, exponents)
    presented = _presentment(data, exponents)
    ref = ref_of(data, "data")
    promo = id_of(data, "promo_code_id", "promo_code", "data")
    user = part_of(data, "user", "data")
    created_at = moment_of(data, "created_at", "data", latest)
    paid_at = moment_or_none(data, "paid_at", "data", latest)
    return Payment(
        payment_id=text_of(data, "id", "data"),
        buyer_id="" if user is None else text_of(user, "id", "data.user"),
        buyer_name="" if user is None else name_of(user, "data.user"),
        at=paid_at or created_at,
        created_at=created_at,
        updated_at=moment_or_none(data, "updated_at", "data", latest) or arrival.written_at,
        received_at=arrival.received_at,
        currency=currency,
        exponent=exponent,
        total_minor=total,
        tax_minor=tax or 0,
        usd_total_cents=_usd_total(data, exponents),
        presentment_minor=None if presented is None else presented[0],
        presentment_currency="" if presented is None else presented[2],
        presentment_exponent=0 if presented is None else presented[1],
        refunded_minor=refunded or 0,
        billing_reason=text_or_empty(data, "billing_reason", "data"),
        membership_id=id_of(data, "membership_id", "membership", "data"),
        ref=ref,
        promo_code_id=promo,
        shape=FLAT if isinstance(data.get("total"), dict) else NESTED,
        ref_received_at=arrival.received_at if ref else None,
        promo_received_at=arrival.received_at if promo else None,
        told=_not_told(paid_at, refunded, tax),
    )


def _not_told(paid_at: datetime | None, refunded: int | None, tax: int | None) -> ToldBy:
    # Zero and "not said" look alike in these figures; a merge must know them apart.
    if paid_at is not None and refunded is not None and tax is not None:
        return ()
    values = (paid_at, refunded, tax)
    return tuple(
        (field, 0, 0) for field, value in zip(_NOT_TOLD_ORDER, values, strict=True) if value is None
    )


def _total(data: Json, exponents: Mapping[str, int] | None) -> tuple[int, int, str]:
    found = data.get("total")
    if found is None:
        raise Nonsense("is missing", "data.total")
    named = data.get("currency")
    currency = None if named is None else read_currency(named, "data.currency")
    return read_money(found, currency, "data.total", exponents)


def _same_currency(
    data: Json, key: str, currency: str, exponents: Mapping[str, int] | None
) -> int | None:
    found = data.get(key)
    if found is None:
        return None
    minor, _, named = read_money(found, currency, f"data.{key}", exponents)
    if named != currency:
        raise Nonsense(f"is in {named}, the total in {currency}", f"data.{key}")
    return minor


def _tax(data: Json, currency: str, exponents: Mapping[str, int] | None) -> int | None:
    return _same_currency(data, "tax_amount", currency, exponents)


def _usd_total(data: Json, exponents: Mapping[str, int] | None) -> int | None:
    return _same_currency(data, "usd_total", USD, exponents)


def _presentment(data: Json, exponents: Mapping[str, int] | None) -> tuple[int, int, str] | None:
    found = data.get("presentment_total")
    # A bare number does not say which currency the buyer saw, so it cannot be used.
    return (
        read_money(found, None, "data.presentment_total", exponents)
        if isinstance(found, dict)
        else None
    )
