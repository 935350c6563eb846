"""Paying users through Whop: transfers from a company's balance, and what has to be there first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from game.rules.bodies.envelope import Arrival
from game.rules.bodies.transfers import PAYOUT_KEY, read_transfer
from game.rules.facts import Transfer
from game.rules.money import Nonsense, read_currency, read_money
from game.services.whop import api
from game.services.whop.tokens import WhopUnreachable

NEEDED = ("payout:transfer_funds", "payout:transfer:read", "company:balance:read")
NOTES = "Commission"
PAGE = 100
MOST_PAGES = 20
CLOCKS_APART = timedelta(hours=1)
"""How much before the first try a transfer is looked for: Whop's clock is another one."""

# A JSON number with exactly the amount's digits: no float on the way.
_encoder = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True)
class Order:
    """A transfer to ask for: so much from a company to a user. `key` names it for ever."""

    company_id: str
    user_id: str
    amount_minor: int
    exponent: int
    currency: str
    key: str


def make(order: Order, now: datetime) -> Transfer:
    """Ask for the transfer. The same order gives the same transfer, as long as Whop keeps the key.

    Raises WhopRefused where Whop says no, WhopUnreachable where nobody knows what it did.
    """
    body = {
        "type": "balance",
        "amount": Decimal(order.amount_minor).scaleb(-order.exponent),
        "currency": order.currency,
        "origin_id": order.company_id,
        "destination_id": order.user_id,
        "idempotence_key": order.key,
        "metadata": {PAYOUT_KEY: order.key},
        "notes": NOTES,
    }
    found = api.exchange(
        "POST",
        "/transfers",
        content=_encoder.encode(body),
        headers={"Idempotency-Key": order.key, "Content-Type": "application/json"},
    )
    told = _read(found, now)
    if told is None:
        raise WhopUnreachable
    return told


def read(transfer_id: str, now: datetime) -> Transfer | None:
    """What became of a transfer. Raises WhopRefused, WhopUnreachable."""
    return _read(api.exchange("GET", f"/transfers/{transfer_id}"), now)


def find(order: Order, since: datetime, now: datetime) -> Transfer | None:
    """The transfer that was made for an order, told by its metadata; None where there is none.

    Raises WhopRefused, WhopUnreachable; also where the list is longer than can be looked through.
    """
    asked: dict[str, Any] = {
        "account_id": order.company_id,
        "origin_id": order.company_id,
        "destination_id": order.user_id,
        "created_after": (since - CLOCKS_APART).isoformat(),
        "first": PAGE,
    }
    for _ in range(MOST_PAGES):
        found = api.exchange("GET", "/transfers", params=asked)
        listed = found.get("data")
        if not isinstance(listed, list):
            raise WhopUnreachable
        for one in listed:
            told = _read(one, now) if isinstance(one, dict) else None
            if told is not None and told.payout_key == order.key:
                return told
        ahead = found.get("page_info")
        if not isinstance(ahead, dict) or ahead.get("has_next_page") is not True:
            return None
        asked["after"] = ahead.get("end_cursor")
    raise WhopUnreachable


def missing_permissions(company_id: str) -> list[str]:
    """Which of the rights that paying takes the company has not granted.

    Raises WhopRefused, WhopUnreachable.
    """
    asked = {"resource_id": company_id, "actions": ",".join(NEEDED)}
    listed = api.exchange("GET", "/permissions", params=asked).get("data")
    rows = listed if isinstance(listed, list) else []
    granted = {row.get("action") for row in rows if row.get("granted") is True}
    return [action for action in NEEDED if action not in granted]


def has_funds(order: Order) -> bool:
    """Whether the company's balance covers the order. Raises WhopRefused, WhopUnreachable."""
    found = api.exchange("GET", f"/ledger_accounts/{order.company_id}")
    balances = found.get("balances")
    for one in balances if isinstance(balances, list) else []:
        amount = _balance_in(one, order)
        if amount is not None:
            return amount >= order.amount_minor
    return False


def _balance_in(one: object, order: Order) -> int | None:
    """What one of the balances holds of the order's currency; None for another currency."""
    if not isinstance(one, dict):
        return None
    try:
        named = one.get("currency")
        currency = None if named is None else read_currency(named, "balance.currency")
        exponents = {order.currency: order.exponent}
        minor, exponent, found = read_money(one["balance"], currency, "balance", exponents)
    except (KeyError, Nonsense):
        return None
    if found != order.currency:
        return None
    scaled: int = minor * 10**order.exponent // 10**exponent
    return scaled  # rounded down: less than it is, if at all


def _read(body: dict[str, Any], now: datetime) -> Transfer | None:
    try:
        return read_transfer(body, Arrival(now, now))
    except Nonsense as nonsense:
        raise WhopUnreachable from nonsense


def fits(told: Transfer, order: Order) -> bool:
    """Whether a transfer is the one that was ordered, as far as it says."""
    is_amount = not told.currency or (
        told.currency == order.currency
        and told.amount_minor * 10**order.exponent == order.amount_minor * 10**told.exponent
    )
    return is_amount and told.destination_id in ("", order.user_id)
