"""Scheduled jobs with checkpoints: each tick runs once and goes on where a crash left it.

The row (job, scheduled_for) is the right to run a tick; a session lock per job keeps two
processes from working on one job at a time. Messages and processes may double or get lost.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from beat_schedule import JOBS, Job
from models.base import Json
from models.session import WORKER, Transaction, engine, transaction

LOCK_SPACE = 7465
"""First half of our two-part advisory lock keys; the second is a hash of the job's name."""
GRACE = timedelta(seconds=20)
"""How long beat and the workers have before a tick counts as missed."""
UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}

JobStep = Callable[[Json, datetime, datetime], Json | None]
"""(progress, scheduled_for, now) -> where to go on, or None when the tick's work is done.

A step commits its own work, takes well under 30 s, and may be repeated after a crash.
"""
Clock = Callable[[], datetime]


class TickOutcome(enum.Enum):
    """What became of a tick."""

    FINISHED = "finished"
    MORE = "more"
    """The time was up: ask again to go on."""
    BUSY = "busy"
    """Another process works on this job."""


def seconds_of(words: str) -> int:
    """The length of "15 minutes" in seconds; an empty text is 0. Raises ValueError."""
    if not words:
        return 0
    count, _, unit = words.partition(" ")
    if not count.isdecimal() or unit.removesuffix("s") not in UNITS:
        raise ValueError(f"{words!r} is no length of time such as '15 minutes' or '1 hour'")
    return int(count) * UNITS[unit.removesuffix("s")]


def tick_at(job: Job, now: datetime) -> datetime:
    """The newest moment at or before `now` for which the job is scheduled."""
    every = seconds_of(job.every)
    return datetime.fromtimestamp(int(now.timestamp()) // every * every, UTC)


def missed(now: datetime) -> list[tuple[str, datetime]]:
    """The (job, tick) pairs that nobody has finished although their time is past, oldest first."""
    expected = [(job.name, tick) for job in JOBS if job.made_up_for for tick in _expected(job, now)]
    if not expected:
        return []
    oldest = min(tick for _, tick in expected)
    with transaction(WORKER) as tx:
        finished = set(
            tx.rows(
                "SELECT job, scheduled_for FROM job_tick"
                " WHERE scheduled_for >= %s AND finished_at IS NOT NULL",
                (oldest,),
            )
        )
    return sorted((pair for pair in expected if pair not in finished), key=lambda pair: pair[1])


def run(
    job: str, scheduled_for: datetime, step: JobStep, clock: Clock, *, seconds: float
) -> TickOutcome:
    """Work on one tick until it is finished or `seconds` are over.

    Calling it for a finished tick does nothing; after a crash it goes on at the last step.
    """
    with turn(job) as mine:
        if not mine:
            return TickOutcome.BUSY
        until = clock() + timedelta(seconds=seconds)
        with transaction(WORKER) as tx:
            progress = claim_tick(tx, job, scheduled_for, clock())
        while progress is not None:
            progress = step(progress, scheduled_for, clock())
            with transaction(WORKER) as tx:
                note_progress(tx, job, scheduled_for, progress, clock())
            if progress is not None and clock() >= until:
                return TickOutcome.MORE
    return TickOutcome.FINISHED


def claim_tick(tx: Transaction, job: str, scheduled_for: datetime, now: datetime) -> Json | None:
    """Begin the tick or take it up again: its progress so far, None when it is finished."""
    tx.run(
        "INSERT INTO job_tick (job, scheduled_for, started_at) VALUES (%s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        (job, scheduled_for, now),
    )
    [(progress, finished_at)] = tx.rows(
        "SELECT progress, finished_at FROM job_tick WHERE job = %s AND scheduled_for = %s",
        (job, scheduled_for),
    )
    return None if finished_at else dict(progress)


def note_progress(
    tx: Transaction, job: str, scheduled_for: datetime, progress: Json | None, now: datetime
) -> None:
    """Store where to go on; None finishes the tick."""
    tx.run(
        "UPDATE job_tick SET progress = coalesce(%s::jsonb, progress), finished_at = %s"
        " WHERE job = %s AND scheduled_for = %s",
        (
            None if progress is None else json.dumps(progress),
            now if progress is None else None,
            job,
            scheduled_for,
        ),
    )


@contextmanager
def turn(name: str) -> Iterator[bool]:
    """Hold the name's turn over all processes. False where somebody else holds it.

    The lock belongs to a connection of its own, so a process that dies gives it back at once.
    """
    key: dict[str, Any] = {"space": LOCK_SPACE, "name": name}
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        mine = bool(
            connection.scalar(text("SELECT pg_try_advisory_lock(:space, hashtext(:name))"), key)
        )
        try:
            yield mine
        finally:
            if mine:
                connection.execute(text("SELECT pg_advisory_unlock(:space, hashtext(:name))"), key)


def _expected(job: Job, now: datetime) -> list[datetime]:
    every = timedelta(seconds=seconds_of(job.every))
    newest = tick_at(job, now - GRACE)
    count = max(1, seconds_of(job.made_up_for) // seconds_of(job.every))
    return [newest - every * back for back in range(count)]
