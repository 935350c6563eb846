"""A referral code's checkout, asked of Whop. The message carries ids; Postgres knows the rest."""

from __future__ import annotations

from celery import shared_task

from game.services.referrals import checkouts
from models import clock


@shared_task(name="checkouts.make")
def make(company_id: str, code: str) -> None:
    """Ask for one code's checkout; what fails is found by the sweep when its pause is over."""
    checkouts.make(company_id, code, clock.now())
