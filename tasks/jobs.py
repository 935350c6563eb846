"""What all tasks that run by the clock share: one tick of one job, for at most a slice of time."""

from __future__ import annotations

from datetime import datetime

from game.services.scheduled.jobs import Outcome
from models.outgoing import RunTask
from models.session import WORKER, transaction
from workers import jobs

SLICE_SECONDS = 20
"""How long one task works on a tick before it makes room for others."""


def run(job: str, scheduled_for: str) -> None:
    """Work on the tick; if it is too long for one task, ask for another that goes on."""
    tick = datetime.fromisoformat(scheduled_for)
    if jobs.run_tick(job, tick, seconds=SLICE_SECONDS) is Outcome.MORE:
        with transaction(WORKER) as tx:
            tx.send(RunTask(job, {"scheduled_for": scheduled_for}))
