"""The base of every task: context for its log lines, counters, and what its failures mean.

A task fails in one of two families: *passing* (the network, a lock, a server that is away), which
the clock or the poller tries again, and everything else, which somebody has to look at.
"""

from __future__ import annotations

import time
from typing import Any

import structlog
from celery import Task

from models.passing import is_passing
from workers.metrics import TASK_RUNS, TASK_SECONDS

log = structlog.get_logger(__name__)


def family(error: BaseException) -> str:
    """`passing` for what time will cure, else `failed`."""
    return "passing" if is_passing(error) else "failed"


class LegendsTask(Task):  # type: ignore[type-arg]  # Celery's Task is generic in its stubs only
    """Runs with the task's name and id in every log line, counted by outcome."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the body; the log context is gone afterwards, whatever happens."""
        began = time.monotonic()
        outcome = "done"
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(task=self.name, task_id=self.request.id)
        try:
            return super().__call__(*args, **kwargs)
        except Exception as error:
            outcome = family(error)
            if outcome == "passing":
                log.warning("task_failed_for_now", error=type(error).__name__)
            else:
                log.exception("task_failed")
            raise
        finally:
            TASK_RUNS.labels(self.name, outcome).inc()
            TASK_SECONDS.labels(self.name).observe(time.monotonic() - began)
            structlog.contextvars.clear_contextvars()
