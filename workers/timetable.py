"""The schedule in Celery's words: each job due at multiples of its interval since 1970 (UTC).

Beside the jobs each queue that is consumed gets a heartbeat, which shows that somebody serves it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from celery.schedules import BaseSchedule, schedstate

from beat_schedule import JOBS
from game.services.scheduled.jobs import seconds_of
from models import clock
from workers.queues import CONSUMED

HEARTBEAT = "workers.heartbeat"
HEARTBEAT_SECONDS = 10


class Aligned(BaseSchedule):
    """Due at every multiple of `seconds` since 1970, so that each process means the same tick."""

    def __init__(self, seconds: int, **options: Any) -> None:
        super().__init__(**options)
        self.seconds = seconds

    def now(self) -> datetime:
        """Postgres's present as far as this process has heard it; the lead is held with it."""
        return clock.estimate()

    def is_due(self, last_run_at: datetime) -> schedstate:
        """Due when a boundary lies between the last run and now."""
        now = self.now().timestamp()
        boundary = now // self.seconds * self.seconds
        return schedstate(last_run_at.timestamp() < boundary, boundary + self.seconds - now)

    def remaining_estimate(self, last_run_at: datetime) -> timedelta:  # noqa: ARG002
        """The time until the next boundary."""
        return timedelta(seconds=self.seconds - self.now().timestamp() % self.seconds)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Aligned) and other.seconds == self.seconds

    def __hash__(self) -> int:
        return hash(self.seconds)

    def __reduce__(self) -> tuple[type[Aligned], tuple[int]]:
        return type(self), (self.seconds,)


def entries() -> dict[str, dict[str, Any]]:
    """The schedule in Celery's words. An entry of a job has no arguments: its tick is one."""
    return {
        job.name: {
            "task": job.name,
            "schedule": Aligned(seconds_of(job.every)),
            "options": {"queue": job.queue},
        }
        for job in JOBS
    } | {
        f"heartbeat.{queue}": {
            "task": HEARTBEAT,
            "schedule": Aligned(HEARTBEAT_SECONDS),
            "kwargs": {"queue": queue},
            "options": {"queue": queue},
        }
        for queue in CONSUMED
    }
