"""What killed workers leave at the broker, taken away: their bindings.

Their queues expire by themselves. On RabbitMQ bindings go with the queue; kombu's Redis transport
keeps them as long as any worker lives.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from celery import Celery

from game.services.scheduled import heartbeats
from workers.app import speaks_redis

log = structlog.get_logger(__name__)

GONE_AFTER = timedelta(minutes=10)
"""Each worker is asked for a sign of life every 10 s. One that is taken for gone and is not loses
nothing: commands are published to all, and its binding is written again."""
CONTROL = "celery.pidbox"
FORMER = "C.dq2"
"""Workers bound their own queue to this exchange before it expired by itself."""


def sweep(app: Celery, now: datetime | None = None) -> int:
    """Take the bindings of workers that are gone away; how many. Raises if a server is away."""
    if not speaks_redis(app.conf.broker_write_url):
        return 0
    since = (now or datetime.now(UTC)) - GONE_AFTER
    with app.connection_for_write() as connection:
        channel: Any = connection.default_channel
        dead = [(FORMER, binding) for binding in channel.get_table(FORMER)]
        dead += [
            (CONTROL, binding)
            for binding in channel.get_table(CONTROL)
            if is_gone(binding[2].removesuffix(f".{CONTROL}"), since)
        ]
        for exchange, (routing_key, pattern, queue) in dead:
            channel._delete(queue, exchange, routing_key, pattern)  # noqa: SLF001 - no public way
    if dead:
        log.info("broker_leftovers_removed", bindings=len(dead))
    return len(dead)


def is_gone(node: str, since: datetime) -> bool:
    """True when the worker has given no sign of life since then."""
    last = heartbeats.last(f"worker:{node}")
    return last is None or last < since
