"""The schedule in Celery's words: each job due at multiples of its interval since 1970 (UTC)."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from celery.schedules import BaseSchedule, schedstate

from beat_schedule import JOBS
from game.services.scheduled.jobs import seconds_of


class Aligned(BaseSchedule):
    """Due at every multiple of `seconds` since 1970, so that each process means the same tick."""

    def __init__(self, seconds: int, **options: Any) -> None:
        super().__init__(**options)
        self.seconds = seconds

    def is_due(self, last_run_at: datetime) -> schedstate:
        """Due when a boundary lies between the last run and now."""
        now = self.now().timestamp()
        boundary = now // self.seconds * self.seconds
        return schedstate(last_run_at.timestamp() < boundary, boundary + self.seconds - now)

    def remaining_estimate(self, last_run_at: datetime) -> timedelta:  # noqa: ARG002
        """The time until the next boundary."""
        return timedelta(seconds=self.seconds - time.time() % self.seconds)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Aligned) and other.seconds == self.seconds

    def __hash__(self) -> int:
        return hash(self.seconds)

    def __reduce__(self) -> tuple[type[Aligned], tuple[int]]:
        return type(self), (self.seconds,)


def entries() -> dict[str, dict[str, Any]]:
    """The schedule in Celery's words."""
    return {
        job.name: {
            "task": job.task,
            "schedule": Aligned(seconds_of(job.every)),
            "options": {"queue": job.queue} if job.queue else {},
        }
        for job in JOBS
    }
