"""Checkouts of referral codes, asked of Whop. The message carries ids; Postgres knows the rest."""

from __future__ import annotations

from datetime import UTC, datetime

from celery import shared_task

from game.services.referrals import checkouts
from tasks import jobs


@shared_task(name="checkouts.make")
def make(company_id: str, code: str) -> None:
    """Ask for one code's checkout; what fails is found by the sweep when its pause is over."""
    checkouts.make(company_id, code, datetime.now(UTC))


@shared_task(name="checkouts.sweep")
def sweep(scheduled_for: str) -> None:
    """Ask for the codes that still have none and are due."""
    jobs.run("checkouts.sweep", scheduled_for)
