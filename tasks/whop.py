"""Questions to Whop that nobody waits for: the message carries nothing, Postgres knows the due."""

from __future__ import annotations

import time

from celery import shared_task

from game.services.reconciling import engine, runs
from models import clock
from models.session import WORKER, transaction
from workers.guards import is_leaving

SLICE_SECONDS = 20
"""After this long the task makes room for others in its queue and asks to be called again."""


@shared_task(name="whop.look")
def look() -> None:
    """Move runs and questions on, one step at a time, until nothing is due."""
    until = time.monotonic() + SLICE_SECONDS
    while engine.step(clock.now()):
        if is_leaving() or time.monotonic() > until:
            with transaction(WORKER) as tx:
                tx.send(runs.look())
            return
