"""Celery's consumer, taught to survive messages it cannot read.

A message with a broken body ends Celery's main process, which puts it back into the queue on its
way out: the next worker dies of it, and the next. Here such a message is counted and dropped; what
it was meant to wake is in Postgres anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from celery.worker.consumer import Consumer

from workers.metrics import JUNK

log = structlog.get_logger(__name__)

UNREADABLE = (TypeError, ValueError, KeyError, IndexError, AttributeError, AssertionError)
"""What decoding broken data raises; a lost connection raises none of these."""


class PatientConsumer(Consumer):
    """Drops what it cannot read instead of dying of it."""

    def create_task_handler(self, *args: Any, **options: Any) -> Callable[[Any], Any]:
        """Celery's handler for one message, behind a guard."""
        handle = super().create_task_handler(*args, **options)

        def on_task_received(message: Any) -> Any:
            try:
                return handle(message)
            except UNREADABLE as error:
                JUNK.labels("unreadable").inc()
                log.error(  # noqa: TRY400 - the trace would show the message's content
                    "broker_message_unreadable",
                    error=type(error).__name__,
                    body_bytes=len(message.body or b""),
                )
                return message.reject_log_error(log, self.app.connection().connection_errors)

        return on_task_received
