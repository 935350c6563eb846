"""Turn a fact into the webhook body Whop would send, in the shape of the webhook's pin."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from simulator import community_body, dispute_body, membership_body, payment_body, refund_body
from simulator.facts import (
    ChatMessage,
    Dispute,
    DisputeAlert,
    Entry,
    Fact,
    Invoice,
    Joined,
    Lesson,
    Membership,
    Refund,
    RefundShape,
    Sale,
)
from simulator.fragments import Json, iso

PIN = "2026-10-15-1"
# Events that webhooks without a pin never knew in this form.
FLAT_ONLY = ("member.", "membership.updated", "dispute_alert.")


class Shape(StrEnum):
    """FLAT: pinned to 2026-10-15-1, `account_id`. NESTED: no pin, `company_id`."""

    FLAT = "flat"
    NESTED = "nested"


@dataclass(frozen=True)
class Happening:
    """One event of the world: its type in Whop's words, the fact it tells, when it was sent."""

    type: str
    fact: Fact
    at: datetime
    company_id: str
    previous: Json | None = None


@dataclass(frozen=True)
class WebhookBody:
    """A happening written down for one endpoint: the envelope and its exact bytes."""

    webhook_id: str
    happening: Happening
    shape: Shape
    body: Json
    raw: bytes

    @property
    def type(self) -> str:
        return self.happening.type

    @property
    def due_at(self) -> datetime:
        return self.happening.at


def shapes_for(happening: Happening) -> tuple[Shape, ...]:
    """The shapes in which Whop could tell this event."""
    return (Shape.FLAT,) if happening.type.startswith(FLAT_ONLY) else tuple(Shape)


def deliver(happening: Happening, shape: Shape, webhook_id: str) -> WebhookBody:
    """Render the envelope; `timestamp` is the happening's, also for a copy under another id."""
    body = envelope(happening, shape, webhook_id)
    raw = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    return WebhookBody(webhook_id, happening, shape, body, raw)


def envelope(happening: Happening, shape: Shape, webhook_id: str) -> Json:
    is_flat = shape is Shape.FLAT
    body: Json = {
        "id": webhook_id,
        "type": happening.type,
        "api_version": "v1",
        "api_version_date": PIN if is_flat else None,
        "timestamp": iso(happening.at),
        ("account_id" if is_flat else "company_id"): happening.company_id,
        "data": data(happening.fact, shape),
    }
    if happening.previous is not None and is_flat:
        body["previous_attributes"] = happening.previous
    return body


def data(fact: Fact, shape: Shape) -> Json:
    """The resource itself, as a webhook or a read of the API at that version shows it."""
    if isinstance(fact, Refund):
        is_native = shape is Shape.FLAT and fact.shape is RefundShape.NATIVE
        return refund_body.native(fact) if is_native else refund_body.nested(fact)
    flat, nested = RENDERERS[type(fact)]
    return flat(fact) if shape is Shape.FLAT else nested(fact)


RENDERERS: dict[type, tuple[Callable[[Any], Json], Callable[[Any], Json]]] = {
    Sale: (payment_body.native, payment_body.legacy),
    Dispute: (dispute_body.native, dispute_body.legacy),
    DisputeAlert: (dispute_body.alert, dispute_body.alert),
    Membership: (membership_body.native, membership_body.legacy),
    Lesson: (community_body.lesson, community_body.lesson),
    Joined: (community_body.member, community_body.member),
    Entry: (community_body.entry, community_body.entry),
    Invoice: (community_body.invoice, community_body.invoice_legacy),
    ChatMessage: (community_body.chat, community_body.chat),
}
