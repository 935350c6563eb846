"""`workers.heartbeat`: proof that a queue is served, and by whom."""

from __future__ import annotations

from datetime import UTC, datetime

from celery import Task, shared_task

from game.services.scheduled import heartbeats


@shared_task(name="workers.heartbeat", bind=True)
def heartbeat(self: Task, queue: str = "") -> None:  # type: ignore[type-arg]
    """Note the moment for the queue, where one is named, and for the worker that runs this."""
    parts = [f"worker:{self.request.hostname}"]
    if queue:
        parts.append(f"queue:{queue}")
    heartbeats.note(parts, datetime.now(UTC))
