"""The envelope around every Whop webhook: what happened, to whom, and when it was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from game.rules.bodies.fields import FIRST_YEAR, LAST_YEAR, Json, clean
from game.rules.money import Nonsense

LEEWAY = timedelta(days=1)
"""How far a time in a body may lie ahead of our own clock."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """An empty `company_id` and a `sent_at` of None mean that the body did not say."""

    webhook_id: str
    type: str
    company_id: str
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a reader is told beside the body.

    `written_at` stands in for an `updated_at` the body does not tell. `exponents` are the decimals
    of currencies outside ISO 4217, as their first body gave them.
    """

    received_at: datetime
    written_at: datetime
    exponents: Mapping[str, int] | None = None

    @property
    def latest(self) -> datetime:
        """The latest moment that a body of then may name."""
        return self.received_at + LEEWAY


def read_envelope(obj: Json) -> Envelope:
    """Read the envelope. Raises Nonsense for an id, type or company that cannot be used."""
    company = obj.get("account_id")
    path = "account_id"
    if company is None or company == "":
        company, path = obj.get("company_id"), "company_id"
    return Envelope(
        webhook_id=clean(obj.get("id"), "id"),
        type=clean(obj.get("type"), "type"),
        company_id="" if company is None or company == "" else clean(company, path),
        sent_at=_sent_at(obj.get("timestamp")),
    )


def _sent_at(found: object) -> datetime | None:
    # Only a stand-in for a missing `updated_at`: a strange one is no reason to refuse a payment.
    if not isinstance(found, str):
        return None
    try:
        moment = datetime.fromisoformat(found)
    except ValueError:
        return None
    if moment.tzinfo is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None
    return moment.astimezone(UTC)


def stand_in(envelope: Envelope, received_at: datetime) -> datetime:
    """Say when a body without `updated_at` was written: when it was sent, else when it came."""
    sent_at = envelope.sent_at
    if sent_at is None or sent_at > received_at + LEEWAY:
        return received_at
    return sent_at


def company_of(envelope: Envelope) -> str:
    """Give the company a fact belongs to. Raises Nonsense without one."""
    if not envelope.company_id:
        raise Nonsense("no company", "account_id")
    return envelope.company_id
