"""From a Whop body to the fact in it. Nothing but a fact, None or Nonsense comes out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from game.rules.bodies.disputes import read_dispute
from game.rules.bodies.envelope import Envelope, company_of, read_envelope, stand_in
from game.rules.bodies.fields import Json
from game.rules.bodies.lessons import read_lesson
from game.rules.bodies.memberships import read_membership
from game.rules.bodies.payments import read_payment
from game.rules.bodies.refunds import read_refund
from game.rules.facts import Dispute, Lesson, Membership, Payment, Refund
from game.rules.money import Nonsense

__all__ = [
    "Envelope",
    "Fact",
    "Nonsense",
    "is_known",
    "read_dispute",
    "read_envelope",
    "read_event",
    "read_lesson",
    "read_membership",
    "read_payment",
    "read_refund",
]

Fact = Payment | Refund | Dispute | Membership | Lesson

PAID = "payment.succeeded"
LESSON_DONE = "course_lesson_interaction.completed"
FAMILIES = ("refund.", "dispute.", "membership.")


def is_known(event_type: str) -> bool:
    """Say whether events of this type carry facts; all others are stored and ignored."""
    return event_type in {PAID, LESSON_DONE} or event_type.startswith(FAMILIES)


def read_event(
    envelope: Envelope,
    data: object,
    received_at: datetime,
    exponents: Mapping[str, int] | None = None,
) -> Fact | None:
    """Read the fact in an event; None = a type we store and ignore. Raises Nonsense.

    `exponents` are the decimals of currencies outside ISO 4217, as their first body gave them.
    """
    if not is_known(envelope.type):
        return None
    company_of(envelope)
    if not isinstance(data, dict):
        raise Nonsense("is not an object", "data")
    return _read(envelope, data, received_at, exponents)


def _read(
    envelope: Envelope, data: Json, received_at: datetime, exponents: Mapping[str, int] | None
) -> Fact | None:
    kind = envelope.type
    if kind == LESSON_DONE:
        return read_lesson(data, received_at)
    written_at = stand_in(envelope, received_at)
    if kind == PAID:
        return read_payment(data, received_at, written_at, exponents)
    if kind.startswith("refund."):
        return read_refund(data, received_at, written_at, exponents)
    if kind.startswith("dispute."):
        return read_dispute(data, received_at, written_at)
    return read_membership(data, received_at, written_at)
