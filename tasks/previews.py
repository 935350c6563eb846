"""A preview of rules, a slice of time at once. The message carries ids; Postgres knows the rest."""

from __future__ import annotations

from celery import shared_task

from game.services.previews import working


@shared_task(name="previews.work")
def work(company_id: str, preview_id: int) -> None:
    """Go on with one preview; what a dead worker leaves is found by the sweep."""
    working.work(company_id, preview_id)
