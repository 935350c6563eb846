"""Reading a transfer that pays a payout of ours; any other is none of our business."""

from __future__ import annotations

from game.rules.bodies.envelope import Arrival
from game.rules.bodies.fields import Json, moment_or_none, part_of, text_of, text_or_empty
from game.rules.facts import Transfer
from game.rules.money import read_currency, read_money

PAYOUT_KEY = "wl_payout"
"""Under this key of a transfer's metadata its payout's key travels."""


def read_transfer(data: Json, arrival: Arrival) -> Transfer | None:
    """Read a transfer. One whose metadata names no payout was not made by us: no fact."""
    metadata = data.get("metadata")
    key = metadata.get(PAYOUT_KEY) if isinstance(metadata, dict) else None
    if not isinstance(key, str) or not key or len(key) > 100 or not key.isprintable():  # noqa: PLR2004
        return None
    amount, exponent, currency = _amount(data, arrival)
    destination = part_of(data, "destination", "data")
    changed_at = moment_or_none(data, "status_changed_at", "data", arrival.latest)
    created_at = moment_or_none(data, "created_at", "data", arrival.latest)
    return Transfer(
        transfer_id=text_of(data, "id", "data"),
        payout_key=key,
        status=text_of(data, "status", "data"),
        amount_minor=amount,
        currency=currency,
        exponent=exponent,
        destination_id="" if destination is None else text_or_empty(destination, "id", "data"),
        problem=text_or_empty(data, "failure_code", "data"),
        updated_at=changed_at or created_at or arrival.written_at,
    )


def _amount(data: Json, arrival: Arrival) -> tuple[int, int, str]:
    if data.get("amount") is None:
        return 0, 0, ""
    named = data.get("currency")
    currency = None if named is None else read_currency(named, "data.currency")
    return read_money(data["amount"], currency, "data.amount", arrival.exponents)
