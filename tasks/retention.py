"""What is kept for a time only."""

from __future__ import annotations

from celery import shared_task

from tasks import jobs


@shared_task(name="retention.sweep")
def sweep(scheduled_for: str) -> None:
    """Make the next partitions, drop the old ones, delete what nobody needs any more."""
    jobs.run("retention.sweep", scheduled_for)
