"""The amounts of a payment against what its bodies told, where they came to them together."""

from __future__ import annotations

from collections.abc import Iterator

from game.rules.fact_kinds import PAYMENTS
from game.rules.facts import Payment
from game.rules.merging import SILENT
from game.rules.tellings import GAPS, newest, rounded
from game.services.settlement.fact_store import from_row, select_list
from game.services.verifying.differences import Difference
from game.services.verifying.server_cursors import stream
from models.session import Transaction

TOLD = (
    f"SELECT {select_list(PAYMENTS, 'p')} FROM payment p "  # noqa: S608 - our own names
    "WHERE p.company_id = %(company)s AND p.tellings <> '[]'"
)


def wrong_amounts(tx: Transaction, company_id: str) -> Iterator[Difference]:
    """Every amount of a payment that is not what the bodies kept with it come to."""
    for row in stream(tx, "told_payments", TOLD, company_id):
        payment = from_row(PAYMENTS, row)
        for name, stored, computed in _unlike(payment):
            yield Difference(
                company_id, f"payment.{name}", payment.payment_id, str(stored), str(computed)
            )


def _unlike(payment: Payment) -> Iterator[tuple[str, object, object]]:
    own = payment.own_amounts
    youngest = max(one.age for one in (own, *payment.tellings))
    if youngest != own.age:
        yield "tellings", "one newer than the deciding body", "none"
    told = {name: (shape, moment) for name, shape, moment in payment.told}
    for name in GAPS:
        if getattr(own, name) is not None:
            continue
        source = newest(payment.tellings, name)
        mark = (source.shape, source.updated) if source else SILENT
        if told.get(name, SILENT) != mark:
            yield f"told {name}", told.get(name), mark
        exact = payment.exactly(name)
        if source and exact is not None and getattr(payment, name) != rounded(exact):
            yield name, getattr(payment, name), rounded(exact)
