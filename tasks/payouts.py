"""A payout sent through Whop. The message carries ids; Postgres knows the rest."""

from __future__ import annotations

from celery import shared_task

from game.services.payouts import sending
from models import clock


@shared_task(name="payouts.send")
def send(company_id: str, payout_id: int) -> None:
    """Send one payout, or ask what became of it; what fails is found by the sweep."""
    sending.send(company_id, payout_id, clock.now())
