"""Reading a dispute. Both shapes agree in all that moves money: id, status, payment, times."""

from __future__ import annotations

from game.rules.bodies.envelope import Arrival
from game.rules.bodies.fields import Json, id_of, moment_or_none, text_of
from game.rules.facts import Dispute
from game.rules.money import Nonsense

INQUIRY_PREFIX = "warning_"


def read_dispute(data: Json, arrival: Arrival) -> Dispute:
    """Read a dispute. Its amount is left out: a lost dispute takes back the whole payment."""
    status = text_of(data, "status", "data")
    payment_id = id_of(data, "payment_id", "payment", "data")
    if not payment_id:
        raise Nonsense("is missing", "data.payment.id")
    inquiry = data.get("inquiry")
    if inquiry is not None and not isinstance(inquiry, bool):
        raise Nonsense("is not true or false", "data.inquiry")
    return Dispute(
        dispute_id=text_of(data, "id", "data"),
        payment_id=payment_id,
        status=status,
        inquiry=bool(inquiry) or status.startswith(INQUIRY_PREFIX),
        updated_at=moment_or_none(data, "updated_at", "data", arrival.latest) or arrival.written_at,
    )
