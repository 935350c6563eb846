"""How often somebody may ask. Counted in Redis; in the process itself while Redis is away."""

from __future__ import annotations

import time

import jwt
from flask import Flask, g, request
from flask_limiter import Limiter
from redis.backoff import NoBackoff
from redis.retry import Retry

import settings

SIGN_IN = "30 per minute"


def _who() -> str:
    """The caller of a signed-in route, else the address."""
    caller = g.get("caller")
    if caller is not None:
        return f"{caller.company_id}:{caller.whop_user_id}"
    return request.remote_addr or "nowhere"


def address_and_user() -> str:
    """The address and the user a Whop token claims to be, not yet verified.

    Whop's proxy brings many users from one address. A made-up user gains nothing: what a false
    token costs is one check of its signature.
    """
    try:
        claims = jwt.decode(
            request.headers.get("X-Whop-User-Token", ""), options={"verify_signature": False}
        )
    except jwt.PyJWTError:
        claims = {}
    return f"{request.remote_addr}:{claims.get('sub', '')!s:.80}"


limiter = Limiter(
    key_func=_who,
    headers_enabled=False,
    in_memory_fallback_enabled=True,
    swallow_errors=True,
    key_prefix="wl:limit",
)


def register(app: Flask) -> None:
    """Count in REDIS_URL, or in this process where there is none."""
    redis_url = settings.current().redis_url
    app.config["RATELIMIT_STORAGE_URI"] = redis_url or "memory://"
    if redis_url:
        app.config["RATELIMIT_STORAGE_OPTIONS"] = {
            "socket_timeout": 0.5,
            "socket_connect_timeout": 0.5,
            "retry": Retry(NoBackoff(), 0),
        }
    # Limits stand on routes only and are checked there. The limiter's own hooks around every
    # request, which it leaves out where it finds itself known, would cost the webhook door a fifth.
    app.extensions.setdefault("limiter", set()).add(limiter)
    limiter.init_app(app)


def seconds_to_wait() -> int:
    """Seconds until the breached limit opens again, at least one."""
    breached = limiter.current_limit
    if breached is None:
        return 1
    return max(1, int(breached.reset_at - time.time()) + 1)
