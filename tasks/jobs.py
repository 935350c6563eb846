"""The tasks that run by the clock, one for each row of the schedule: one tick, a slice of time."""

from __future__ import annotations

from datetime import datetime

from celery import shared_task

from beat_schedule import JOBS, Job
from game.services.scheduled.jobs import TickOutcome
from models.outgoing import RunTask
from models.session import WORKER, transaction
from workers import jobs

SLICE_SECONDS = 20
"""How long one task works on a tick before it makes room for others."""


def run(job: str, scheduled_for: str) -> None:
    """Work on the tick; if it is too long for one task, ask for another that goes on."""
    tick = datetime.fromisoformat(scheduled_for)
    if jobs.run_tick(job, tick, seconds=SLICE_SECONDS) is TickOutcome.MORE:
        with transaction(WORKER) as tx:
            tx.send(RunTask(job, {"scheduled_for": scheduled_for}))


def register(job: Job) -> None:
    """Make the task of one row, for every app of this process."""

    def tick(scheduled_for: str) -> None:
        run(job.name, scheduled_for)

    tick.__doc__ = job.why
    shared_task(name=job.name)(tick)


for _job in JOBS:
    register(_job)
