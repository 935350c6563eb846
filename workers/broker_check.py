"""One question to the broker, for `/health`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kombu.exceptions import KombuError
from redis import RedisError

import settings
from game.services.operations.health_checks import Unhealthy
from game.services.platform.eviction import reckless_policy
from workers.app import current, speaks_redis

CONNECT_SECONDS = 1


def broker(now: datetime) -> str:  # noqa: ARG001 - every check takes the present
    """The broker lets us in and, where it is a Redis, does not evict queues."""
    url = settings.current().broker_url
    if not url:
        raise Unhealthy("CELERY_BROKER_URL is not set")
    try:
        with current().connection_for_read() as connection:
            connection.ensure_connection(max_retries=0, timeout=CONNECT_SECONDS)
            channel: Any = connection.default_channel
            facts = channel.client.info("memory") if speaks_redis(url) else {}
    except (KombuError, RedisError, OSError) as error:
        raise Unhealthy("does not answer") from error
    if policy := reckless_policy(facts):
        raise Unhealthy(f"maxmemory-policy {policy} evicts whole queues")
    return "answers"
