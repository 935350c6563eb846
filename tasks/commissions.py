"""Money that moves by the clock."""

from __future__ import annotations

from celery import shared_task

from tasks import jobs


@shared_task(name="commissions.release")
def release(scheduled_for: str) -> None:
    """Make commissions payable whose hold is over."""
    jobs.run("commissions.release", scheduled_for)
