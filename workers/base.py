"""The base of every task: context for its log lines, counters, and what its failures mean.

A task fails in one of two families: *passing* (the network, a lock, a server that is away), which
the clock or the poller tries again, and everything else, which somebody has to look at.
"""

from __future__ import annotations

import time
from typing import Any

import structlog
from celery import Task
from celery.exceptions import SoftTimeLimitExceeded
from kombu.exceptions import OperationalError as BrokerError
from psycopg2 import InterfaceError as ClosedConnection
from psycopg2 import OperationalError as PostgresError
from redis.exceptions import RedisError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from workers.metrics import TASK_RUNS, TASK_SECONDS

log = structlog.get_logger(__name__)

PASSING = (
    OperationalError,
    InterfaceError,
    PoolTimeout,
    PostgresError,
    ClosedConnection,
    RedisError,
    BrokerError,
    SoftTimeLimitExceeded,
    ConnectionError,
    TimeoutError,
)


def family(error: BaseException) -> str:
    """`passing` for what time will cure, else `failed`."""
    return "passing" if isinstance(error, PASSING) else "failed"


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
