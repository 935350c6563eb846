"""Guild quests, looked at as soon as somebody did something for them."""

from __future__ import annotations

from celery import shared_task

from game.services.guilds import quests
from models import clock


@shared_task(name="guilds.look")
def look(company_id: str, guild_ids: list[int]) -> None:
    """See how far these guilds are. Twice is harmless; the job finds what was lost."""
    quests.look(company_id, guild_ids, clock.now())
