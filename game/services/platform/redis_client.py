"""The process's connection to REDIS_URL: cache, boards, tickets, notices. Losing it loses no truth.

Every key begins with `wl:` and, where it belongs to a company, goes on with the company's id.
"""

from __future__ import annotations

from functools import cache

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

import settings

TIMEOUT_SECONDS = 2.0
HEALTH_CHECK_SECONDS = 10
MOST_CONNECTIONS = 32
"""Per process. More callers wait for a free one: redis-py's own pool would refuse them."""


@cache
def client() -> redis.Redis:
    """A pooled client. A call takes at most two seconds, also with a server that is frozen.

    A connection that turns out to be dead (Redis was restarted) is replaced once; a time-out is
    not tried again, because the next one would take as long. `client.cache_clear()` forgets it.
    """
    pool = redis.BlockingConnectionPool.from_url(
        settings.current().redis_url,
        max_connections=MOST_CONNECTIONS,
        timeout=TIMEOUT_SECONDS,
        **options(),
    )
    return redis.Redis(connection_pool=pool)


def options() -> dict[str, object]:
    """How every connection to REDIS_URL is made."""
    return {
        "protocol": 3,
        "socket_timeout": TIMEOUT_SECONDS,
        "socket_connect_timeout": TIMEOUT_SECONDS,
        "socket_keepalive": True,
        "health_check_interval": HEALTH_CHECK_SECONDS,
        "retry": Retry(ConstantBackoff(0.05), 1, supported_errors=(redis.ConnectionError,)),
    }
