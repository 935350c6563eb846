"""Reading a membership in both shapes: who holds it, its state, and our reference in it."""

from __future__ import annotations

from game.rules.bodies.envelope import Arrival
from game.rules.bodies.fields import Json, id_of, moment_of, moment_or_none, ref_of, text_of
from game.rules.facts import Membership

TRIALING = "trialing"


def read_membership(data: Json, arrival: Arrival) -> Membership:
    """Read a membership. One of a business, or not yet claimed, has no user."""
    latest = arrival.latest
    user_id = id_of(data, "user_id", "user", "data")
    status = text_of(data, "status", "data")
    ref = ref_of(data, "data")
    return Membership(
        membership_id=text_of(data, "id", "data"),
        user_id=user_id,
        first_user_id=user_id,
        status=status,
        seen_trialing=status == TRIALING,
        ref=ref,
        created_at=moment_of(data, "created_at", "data", latest),
        updated_at=moment_or_none(data, "updated_at", "data", latest) or arrival.written_at,
        received_at=arrival.received_at,
        ref_received_at=arrival.received_at if ref else None,
    )
