"""What Whop's own lists show that we do not hold: is an object a hole, and what delivery fills it.

An object that is read becomes the body of a webhook that was never delivered, with an id of its
own, and goes the way of all deliveries: what it changes is for the merge rules to say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

from game.rules.bodies.envelope import read_envelope
from game.rules.fact_kinds import (
    DISPUTES,
    MEMBERSHIPS,
    PAYMENTS,
    REFUNDS,
    Fact,
    FactKind,
    read_event,
)
from game.rules.money import Nonsense

Found = Literal["missing", "changed", "unreadable"]

PREFIX = "asked_"
"""Ids of Whop's own deliveries begin with `msg_`."""

EVENTS: Mapping[str, tuple[FactKind[Any], str]] = {
    "payment": (PAYMENTS, "payment.succeeded"),
    "refund": (REFUNDS, "refund.updated"),
    "dispute": (DISPUTES, "dispute.updated"),
    "membership": (MEMBERSHIPS, "membership.updated"),
}
"""What of Whop's is compared, in this order: its kind of fact, and the event that would tell it."""

PARTS = tuple(EVENTS)
PAID = "paid"

_ARRIVAL = frozenset({"received_at", "ref_received_at"})
_NO_HOLE = _ARRIVAL | {
    "buyer_name", "updated_at", "shape", "told", "tellings", "refunded_minor",
    "presentment_minor", "presentment_currency", "presentment_exponent",
}  # fmt: skip
"""Fields of a payment that no webhook is owed for: its age, and sums that follow its refunds."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One object of Whop's as a delivery. `fact` is None where its content cannot be read."""

    part: str
    object_id: str
    webhook_id: str
    body: dict[str, Any]
    fact: Fact | None


def as_delivery(  # noqa: PLR0913 - what is told, of whom, read when and how
    part: str,
    company_id: str,
    data: Mapping[str, Any],
    received_at: datetime,
    exponents: Mapping[str, int],
    *,
    mark: str = "",
) -> Asked:
    """Make the delivery of an object that Whop's API showed.

    Its id is the same whenever it says the same, so asking twice stores it once; `mark` sets one
    purpose's ids apart from all others.
    """
    event = EVENTS[part][1]
    written = data.get("updated_at") or data.get("created_at")
    body = {"id": "-", "type": event, "api_version": "v1", "account_id": company_id}
    if isinstance(written, str):
        body["timestamp"] = written
    try:
        fact = read_event(read_envelope(body), dict(data), received_at, exponents)
        saying = repr(_said(fact)) if fact is not None else repr(data)
    except Nonsense:
        fact, saying = None, repr(data)
    digest = hashlib.sha256(f"{company_id}\n{event}\n{saying}".encode("utf-8", "replace"))
    webhook_id = f"{PREFIX}{mark}{digest.hexdigest()[:40]}"
    named = data.get("id")
    object_id = named if isinstance(named, str) and "\x00" not in named else webhook_id
    return Asked(part, object_id, webhook_id, {**body, "id": webhook_id, "data": dict(data)}, fact)


def hole_in(kind: FactKind[Any], held: Any, told: Any) -> Found | None:
    """Say whether what Whop tells is a hole in what is held; None = it is not."""
    if held is None:
        return "missing"
    merged = kind.merge(held, told)
    return "changed" if _weight(kind, merged) != _weight(kind, held) else None


def belongs(part: str, company_id: str, data: Mapping[str, Any]) -> bool:
    """Say whether an object is one of the company's that a webhook would have told of."""
    owner = data.get("account_id") or _id_in(data, "account") or _id_in(data, "company")
    if owner is not None and owner != company_id:
        return False
    return part != "payment" or data.get("status") == PAID


def _id_in(data: Mapping[str, Any], name: str) -> Any:
    part = data.get(name)
    return part.get("id") if isinstance(part, dict) else None


def _said(fact: Fact) -> list[tuple[str, Any]]:
    return [(one.name, getattr(fact, one.name)) for one in fields(fact) if one.name not in _ARRIVAL]


def _weight(kind: FactKind[Any], fact: Any) -> Any:
    if kind is PAYMENTS:
        return [getattr(fact, name) for name in kind.fields if name not in _NO_HOLE]
    return fact.bearing
