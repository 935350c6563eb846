"""Commissions whose hold is over: found here in batches, released by the settlement engine."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from game.services.settlement.drain import settle_due_buyers
from models.base import Json
from models.session import WORKER, transaction

BUYERS_A_STEP = 200


def release_step(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:  # noqa: ARG001
    """Settle the next 200 buyers with a commission that is due, in order of (company, buyer).

    Settling recomputes what each payment is worth now: what is due becomes payable, what is held
    stays held. A buyer seen once in a tick is not looked at again in the same tick, so a
    commission that cannot move does not keep the job busy.
    """
    buyers = due_buyers(now, progress.get("company", ""), progress.get("buyer", ""))
    if not buyers:
        return None
    for company, of_company in groupby(buyers, key=lambda pair: pair[0]):
        settle_due_buyers(company, [buyer for _, buyer in of_company], now)
    company, buyer = buyers[-1]
    return {"company": company, "buyer": buyer}


def due_buyers(now: datetime, company: str = "", buyer: str = "") -> list[tuple[str, str]]:
    """The next (company, buyer) pairs after this one with a commission whose hold is over."""
    with transaction(WORKER) as tx:
        rows = tx.rows(
            "SELECT DISTINCT company_id, buyer_id FROM payment_effect"
            " WHERE account = 'pending' AND kept_minor > 0 AND due_at <= %s"
            " AND (company_id, buyer_id) > (%s, %s) ORDER BY company_id, buyer_id LIMIT %s",
            (now, company, buyer, BUYERS_A_STEP),
        )
    return [(row[0], row[1]) for row in rows]
