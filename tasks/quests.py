"""Open and close the members' quest windows."""

from __future__ import annotations

from celery import shared_task

from tasks import jobs


@shared_task(name="quests.assign")
def assign(scheduled_for: str) -> None:
    """Give every member whose local day began the quests of their new windows."""
    jobs.run("quests.assign", scheduled_for)


@shared_task(name="quests.close")
def close(scheduled_for: str) -> None:
    """Close windows 72 h past their end and grant what was left unclaimed."""
    jobs.run("quests.close", scheduled_for)
