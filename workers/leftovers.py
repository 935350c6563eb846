"""What killed programs leave at the broker, taken away: event queues that nobody reads any more.

Every event of a worker is copied into the queue of each Flower, also of one that was killed. On
RabbitMQ such a queue expires by itself; kombu's Redis transport lets it grow until the broker is
full, because who publishes does not know that the queue should expire.
"""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import redis
import structlog
from celery import Celery

from workers.app import KEY_PREFIX, speaks_redis

log = structlog.get_logger(__name__)

UNREAD_SECONDS = 300.0
"""A Flower that lives reads its events at once. One that wakes up later binds its queue again."""
FORMER_EXCHANGE = "C.dq2"
"""Workers bound their own queue to it before that queue expired by itself."""


def sweep(app: Celery, now: float | None = None) -> int:
    """Take the left-over queues and their bindings away; how many. Raises if the broker is away."""
    if not speaks_redis(app.conf.broker_write_url):
        return 0
    oldest = (time.time() if now is None else now) - UNREAD_SECONDS
    events = str(app.conf.event_exchange)
    with app.connection_for_write() as connection:
        channel: Any = connection.default_channel
        dead = [
            (exchange, binding)
            for exchange in (events, FORMER_EXCHANGE)
            for binding in channel.get_table(exchange)
            if exchange == FORMER_EXCHANGE or is_unread(channel, binding[2], oldest)
        ]
        for exchange, (routing_key, pattern, queue) in dead:
            channel._delete(queue, exchange, routing_key, pattern)  # noqa: SLF001 - no public way
    if dead:
        log.info("broker_leftovers_removed", queues=len(dead))
    return len(dead)


def is_unread(channel: Any, queue: str, oldest: float) -> bool:
    """True when the message that waits the longest in this queue was sent before `oldest`."""
    # Over the channel's pool but without its wrapper, which does not prefix LINDEX's key.
    with redis.Redis(connection_pool=channel.client.connection_pool) as client:
        message = client.lindex(KEY_PREFIX + queue, -1)
    return isinstance(message, bytes) and sent_at(message) < oldest


def sent_at(message: bytes) -> float:
    """When the event in a message of kombu's was sent; 0 for what cannot be read."""
    try:
        event = json.loads(base64.b64decode(json.loads(message)["body"]))
        return float((event[0] if isinstance(event, list) else event)["timestamp"])
    except (ValueError, TypeError, LookupError):
        return 0.0
