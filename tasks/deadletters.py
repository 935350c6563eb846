"""The broker's picture of the dead letters."""

from __future__ import annotations

from celery import shared_task

from tasks import jobs


@shared_task(name="deadletters.mirror")
def mirror(scheduled_for: str) -> None:
    """Rebuild the queue `legends.dead` from the table."""
    jobs.run("deadletters.mirror", scheduled_for)
