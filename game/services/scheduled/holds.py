"""Commissions whose hold is over: found here in batches, released by the settlement engine."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

import structlog

from game.services.settlement.drain import settle_due_buyers
from models.base import Json
from models.passing import Trouble, trouble
from models.session import WORKER, transaction

log = structlog.get_logger(__name__)

BUYERS_A_STEP = 200


def release_step(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:  # noqa: ARG001
    """Settle the next 200 buyers with a commission that is due, in order of (company, buyer).

    Settling recomputes what each payment is worth now: what is due becomes payable, what is held
    stays held. A buyer seen once in a tick is not looked at again in the same tick, so a
    commission that cannot move does not keep the job busy. A company that is held up or broken is
    left to the next tick, so that the others' money is not late with it.
    """
    buyers = due_buyers(now, progress.get("company", ""), progress.get("buyer", ""))
    if not buyers:
        return None
    for company, of_company in groupby(buyers, key=lambda pair: pair[0]):
        _release(company, [buyer for _, buyer in of_company], now)
    company, buyer = buyers[-1]
    return {"company": company, "buyer": buyer}


def _release(company: str, buyers: list[str], now: datetime) -> None:
    """Settle one company's buyers. Raises only what is every company's trouble."""
    try:
        settle_due_buyers(company, buyers, now)
    except Exception as error:
        what = trouble(error)
        if what is Trouble.AWAY:
            raise
        text = str(error)[:300]
        log.error("release_failed", company_id=company, what=what.value, error=text)  # noqa: TRY400


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
