"""Celery's beat, single over all machines: the one that holds a lock in Postgres publishes.

Any number may be started; the others stand by. What a beat publishes twice or not at all costs
nothing: the tick's row in Postgres is the right to run, and `legends poll` makes up for ticks.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import structlog
from celery.beat import Scheduler
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from beat_schedule import JOBS
from game.services.scheduled.jobs import LOCK_SPACE, seconds_of, tick_at
from models.session import engine
from workers import alive
from workers.deadline import deadline

log = structlog.get_logger(__name__)

LEAD_KEY = 0
STANDBY_SECONDS = 1.0
CHECK_SECONDS = 2.0
BY_NAME = {job.name: job for job in JOBS}


class Lead:
    """The right to be the one beat: a session lock that Postgres frees when we die."""

    def __init__(self) -> None:
        self._connection: Connection | None = None
        self._checked = 0.0

    def held(self) -> bool:
        """True while this process is the one. Asks Postgres again every two seconds."""
        if self._connection is not None and time.monotonic() - self._checked < CHECK_SECONDS:
            return True
        try:
            with deadline(CHECK_SECONDS):
                return self._confirm() if self._connection is not None else self._acquire()
        except SQLAlchemyError:
            log.warning("beat_lost_postgres")
            self.give_up()
            return False

    def give_up(self) -> None:
        """Close the connection, and with it the lock."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    def _confirm(self) -> bool:
        assert self._connection is not None  # noqa: S101 - says so to the type checker
        self._connection.execute(text("SELECT 1"))
        self._checked = time.monotonic()
        return True

    def _acquire(self) -> bool:
        connection = engine().connect().execution_options(isolation_level="AUTOCOMMIT")
        key = {"space": LOCK_SPACE, "key": LEAD_KEY}
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:space, :key)"), key):
            connection.close()
            return False
        log.info("beat_leads")
        self._connection, self._checked = connection, time.monotonic()
        return True


class SingleScheduler(Scheduler):
    """Publishes the schedule while it holds the lead; keeps no file."""

    producer = None  # type: ignore[assignment]
    """Each message goes over a pooled connection, so a lost one is not lost for good."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.lead = Lead()
        super().__init__(*args, **options)

    def tick(self, *args: Any, **options: Any) -> float:
        """One round of the schedule; on standby nothing but a short sleep."""
        alive.touch("beat")
        if not self.lead.held():
            return STANDBY_SECONDS
        return min(float(super().tick(*args, **options)), CHECK_SECONDS)

    def apply_entry(self, entry: Any, producer: Any = None) -> None:  # noqa: ARG002 - Celery's
        """Publish one job with the moment it is meant for."""
        job = BY_NAME[entry.name]
        tick = tick_at(job, datetime.now(UTC)).isoformat()
        arguments = {"scheduled_for": tick} if job.made_up_for else {"queue": job.queue}
        try:
            self.app.send_task(
                entry.task, kwargs=arguments, expires=seconds_of(job.every), **entry.options
            )
        except Exception:
            log.exception("tick_not_published", job=job.name, scheduled_for=tick)

    def close(self) -> None:
        """Give the lead to the next one without waiting for the connection to be missed."""
        super().close()
        self.lead.give_up()
