"""Celery's beat with leader election: the one that holds a lock in Postgres publishes.

Any number may be started; the others stand by. What a beat publishes twice or not at all costs
nothing: the tick's row in Postgres is the right to run, and `legends poll` makes up for ticks.
"""

from __future__ import annotations

import time
from typing import Any

import structlog
from celery.beat import Scheduler
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from beat_schedule import JOBS
from game.services.scheduled.jobs import LOCK_SPACE, tick_at
from models import clock
from models.session import engine
from workers import alive
from workers.deadline import deadline
from workers.metrics import LEADS, TICKS
from workers.wake import depth

log = structlog.get_logger(__name__)

LEAD_KEY = 0
STANDBY_SECONDS = 1.0
CHECK_SECONDS = 2.0
MOST_WAITING = 100
"""Messages in a queue, some minutes' worth, beyond which its ticks are left to the poller."""
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
        clock.hear(self._connection.execute(text(clock.NOW)).scalar_one())
        self._checked = time.monotonic()
        return True

    def _acquire(self) -> bool:
        connection = engine().connect().execution_options(isolation_level="AUTOCOMMIT")
        key = {"space": LOCK_SPACE, "key": LEAD_KEY}
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:space, :key)"), key):
            connection.close()
            return False
        log.info("beat_leads")
        self._connection = connection
        return self._confirm()


class SingleScheduler(Scheduler):
    """Publishes the schedule while it holds the lead; keeps no file."""

    producer = None  # type: ignore[assignment]
    """Each message goes over a pooled connection, so a lost one is not lost for good."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.lead = Lead()
        self._knows_time = False
        super().__init__(*args, **options)

    def tick(self, *args: Any, **options: Any) -> float:
        """One round of the schedule; on standby nothing but a short sleep."""
        alive.touch("beat")
        leads = self.lead.held()
        LEADS.set(leads)
        if not leads:
            return STANDBY_SECONDS
        if not self._knows_time:
            self._begin_now()
        return min(float(super().tick(*args, **options)), CHECK_SECONDS)

    def _begin_now(self) -> None:
        """Count on from the present of Postgres: the start was dated by this machine's clock."""
        self._knows_time = True
        for entry in self.schedule.values():
            entry.last_run_at = clock.now()
        self._heap = None

    def apply_entry(self, entry: Any, producer: Any = None) -> None:  # noqa: ARG002 - Celery's
        """Publish one job with the moment it is meant for, or a heartbeat as it stands."""
        job = BY_NAME.get(entry.name)
        arguments = entry.kwargs
        if job is not None:
            arguments = {"scheduled_for": tick_at(job, clock.now()).isoformat()}
        try:
            if self._is_piling_up(entry):
                log.warning("tick_left_out", job=entry.name, arguments=arguments)
                return
            self.app.send_task(entry.task, kwargs=arguments, **entry.options)
        except Exception:
            TICKS.labels(entry.name, "failed").inc()
            log.exception("tick_not_published", job=entry.name, arguments=arguments)
        else:
            TICKS.labels(entry.name, "published").inc()

    def _is_piling_up(self, entry: Any) -> bool:
        """Whether nobody takes what the queue holds: more of it would be no use to anybody.

        Messages do not expire by themselves: whether they have would be decided by the worker's
        clock, and one that is wrong would drop them all.
        """
        queue = self.app.amqp.router.route(entry.options, entry.task)["queue"].name
        with self.app.connection_or_acquire() as connection:
            return depth(connection.default_channel, self.app, queue) >= MOST_WAITING

    def close(self) -> None:
        """Give the lead to the next one without waiting for the connection to be missed."""
        super().close()
        self.lead.give_up()
