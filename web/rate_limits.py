"""How often somebody may ask. Counted in Redis; in the process itself while Redis is away."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import jwt
import structlog
from flask import Flask, g, request
from flask_limiter import Limiter
from limits import parse
from redis import RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from werkzeug.exceptions import HTTPException, TooManyRequests

import settings
from game.rules.refusals import Refusal

P = ParamSpec("P")
R = TypeVar("R")

log = structlog.get_logger(__name__)

SIGN_IN = "30 per minute"
REFUSED_SIGN_INS = parse("120 per minute")
"""Refusals of one address. Whop's proxy brings many users from one, each with a genuine token, so
what succeeds is not counted here."""
COUNTED = ("token_missing", "token_invalid", 400, 408, 413, 415, 422)
WHO_FAILED = "refused_sign_ins"


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
    except (jwt.PyJWTError, RecursionError):
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


def refused_by_address(view: Callable[P, R]) -> Callable[P, R]:
    """Turn an address away, before anything of its request is read, that was refused too often."""

    @wraps(view)
    def counted(*args: P.args, **kwargs: P.kwargs) -> R:
        _refuse_hammering()
        try:
            return view(*args, **kwargs)
        except (Refusal, HTTPException) as refused:
            if getattr(refused, "code", None) in COUNTED:
                _count_refusal()
            raise

    return counted


def _refuse_hammering() -> None:
    try:
        if limiter.limiter.test(REFUSED_SIGN_INS, WHO_FAILED, request.remote_addr or ""):
            return
    except RedisError as error:
        log.warning("redis_unavailable", error=type(error).__name__)
        return
    raise TooManyRequests("Too many requests.", retry_after=REFUSED_SIGN_INS.get_expiry())


def _count_refusal() -> None:
    try:
        limiter.limiter.hit(REFUSED_SIGN_INS, WHO_FAILED, request.remote_addr or "")
    except RedisError as error:
        log.warning("redis_unavailable", error=type(error).__name__)


def seconds_to_wait() -> int:
    """Seconds until the breached limit opens again, at least one."""
    breached = limiter.current_limit
    if breached is None:
        return 1
    return max(1, int(breached.reset_at - time.time()) + 1)
