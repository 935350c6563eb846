"""Frames that did not reach Redis at the first try."""

from __future__ import annotations

from celery import shared_task

from tasks import jobs


@shared_task(name="notices.publish")
def publish(scheduled_for: str) -> None:
    """Publish what the outbox still holds."""
    jobs.run("notices.publish", scheduled_for)
