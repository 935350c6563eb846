"""How many questions a minute Whop takes from us, shared by all processes that ask unasked.

Counted in Redis by `limits`, over any sixty seconds and not by the clock's minute, so that no two
minutes together can be too much. What a person waits for (a sign-in) is not counted here.
"""

from __future__ import annotations

import hashlib
import math
import time
from functools import cache

import structlog
from limits import RateLimitItemPerMinute
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter
from redis import RedisError

import settings

log = structlog.get_logger(__name__)

ALLOWED = RateLimitItemPerMinute(600)
"""What Whop allows a credential for one operation; we take it for all of ours together."""
REST_SECONDS = 5
"""How long nobody asks while Redis, which counts, is away."""
NAME = "whop-budget"


def seconds_to_wait() -> int:
    """Take one question out of the budget; 0 = ask now, else nothing was taken."""
    key = hashlib.sha256(settings.current().whop_api_key.encode()).hexdigest()[:16]
    try:
        limiter = _limiter(settings.current().redis_url)
        if limiter.hit(ALLOWED, NAME, key):
            return 0
        reset_at = limiter.get_window_stats(ALLOWED, NAME, key).reset_time
    except RedisError as error:
        log.warning("redis_unavailable", error=type(error).__name__)
        return REST_SECONDS
    return min(max(math.ceil(reset_at - time.time()), 1), 60)


@cache
def _limiter(redis_url: str) -> MovingWindowRateLimiter:
    if not redis_url:
        return MovingWindowRateLimiter(storage_from_string("memory://"))
    return MovingWindowRateLimiter(
        storage_from_string(redis_url, socket_timeout=0.5, socket_connect_timeout=0.5)
    )
