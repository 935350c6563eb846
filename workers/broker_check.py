"""One question to the broker, for readiness: whether it takes a message."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from kombu import Producer, Queue
from kombu.exceptions import KombuError
from redis import RedisError

import settings
from game.services.operations import write_probes
from game.services.operations.health_checks import Away, Unhealthy, judged
from game.services.platform.eviction import reckless_policy
from workers.app import current, speaks_redis

CONNECT_SECONDS = 1
PROBE_MS = 60_000


def broker(now: datetime) -> str:  # noqa: ARG001 - every check takes the present
    """The broker lets us in, writes and, where it is a Redis, does not evict queues."""
    url = settings.current().broker_url
    if not url:
        raise Unhealthy("CELERY_BROKER_URL is not set")
    try:
        with current().connection_for_write() as connection:
            connection.ensure_connection(max_retries=0, timeout=CONNECT_SECONDS)
            channel: Any = connection.default_channel
            if speaks_redis(url):
                _redis_writes(channel.client)
            else:
                _takes_a_message(channel)
    except RedisError as error:
        raise judged(write_probes.explained(error)) from error
    except (write_probes.Refused, write_probes.Away) as reason:
        raise judged(reason) from reason
    except (KombuError, OSError) as error:
        raise Away("does not answer") from error
    return "writes"


def _redis_writes(client: Any) -> None:
    if policy := reckless_policy(client.info("memory")):
        raise Unhealthy(f"maxmemory-policy {policy} evicts whole queues")
    write_probes.redis_server(client)


def _takes_a_message(channel: Any) -> None:
    """Send one to a queue of our own that nobody reads, and take the queue away again.

    A RabbitMQ short of memory or disk stops reading from whoever publishes: then the answer about
    the queue does not come, and the caller's limit ends the wait.
    """
    queue = Queue(
        f"legends.probe.{secrets.token_hex(8)}",
        durable=False,
        auto_delete=True,
        queue_arguments={"x-expires": PROBE_MS},
    )(channel)
    queue.queue_declare()
    Producer(channel, auto_declare=False).publish({}, routing_key=queue.name)
    queue.delete()
