"""The mirror of the dead letters at the broker: a queue whose depth is always the table's.

It is rebuilt whole and put in place at once, never appended to, and never consumed: it exists for
those who watch the broker. Each message holds the number of a dead letter and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import redis
from celery import Celery
from kombu import Producer

from game.services.inbox import dead_letters
from models.base import Json
from models.session import WORKER, transaction
from workers.app import KEY_PREFIX, current, speaks_redis
from workers.queues import DEAD

CHUNK = 1000


def step(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:  # noqa: ARG001
    """Rebuild the mirror from the table."""
    rebuild(current())
    return None


def rebuild(app: Celery) -> int:
    """Make the queue hold exactly the open dead letters; how many. Raises if the broker is away."""
    with transaction(WORKER) as tx:
        ids = dead_letters.open_ids(tx)
    if speaks_redis(app.conf.broker_write_url):
        _replace_list(app, ids)
    else:
        _replace_messages(app, ids)
    return len(ids)


def _replace_list(app: Celery, ids: Sequence[int]) -> None:
    """Redis: write a new list beside the old one and swap them, so no reader sees a gap."""
    key = KEY_PREFIX + DEAD
    fresh = f"{key}.new"
    with app.connection_for_write() as connection:
        # Over the channel's pool but without its wrapper, which does not prefix RENAME's keys.
        channel: Any = connection.default_channel
        pool = channel.client.connection_pool
        with redis.Redis(connection_pool=pool).pipeline(transaction=True) as pipe:
            pipe.delete(fresh)
            for start in range(0, len(ids), CHUNK):
                pipe.lpush(fresh, *(_envelope(letter) for letter in ids[start : start + CHUNK]))
            if ids:
                pipe.rename(fresh, key)
            else:
                pipe.delete(key)
            pipe.execute()


def _replace_messages(app: Celery, ids: Sequence[int]) -> None:
    """AMQP knows no swap: empty the queue and fill it in one channel."""
    with app.connection_for_write() as connection:
        bound = app.amqp.queues[DEAD](connection.default_channel)
        bound.declare()
        bound.purge()
        producer = Producer(connection)
        for letter in ids:
            producer.publish({"dead_letter": letter}, routing_key=DEAD, serializer="json")


def _envelope(letter: int) -> str:
    """A message as kombu's Redis transport stores it, so that any of its readers can open it."""
    envelope: dict[str, Any] = {
        "body": json.dumps({"dead_letter": letter}),
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": {},
        "properties": {
            "delivery_mode": 2,
            "delivery_info": {"exchange": "", "routing_key": DEAD},
            "priority": 0,
            "body_encoding": None,
            "delivery_tag": f"dead-{letter}",
        },
    }
    return json.dumps(envelope)
