"""The process's connection to REDIS_URL: cache, boards, notices. Losing it loses no truth."""

from __future__ import annotations

from functools import cache

import redis

import settings


@cache
def client() -> redis.Redis:
    """A pooled client that never waits longer than two seconds for a frozen server."""
    return redis.Redis.from_url(
        settings.current().redis_url,
        socket_timeout=2,
        socket_connect_timeout=2,
        socket_keepalive=True,
        health_check_interval=10,
        protocol=3,
    )
