"""One question to each server this system stands on. A check answers, or raises Unhealthy."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from alembic.script import ScriptDirectory
from redis import RedisError

import settings
from game.services.inbox import spool
from game.services.platform.eviction import reckless_policy
from models.one_shot import NotStorable, Unavailable, one_shot
from models.session import MEMBER

MOST_CLOCK_OFFSET = timedelta(seconds=120)
"""Signatures are good for 300 s either way, and half of that may be Whop's own error."""


class Unhealthy(Exception):
    """What is wrong, in words an operator can act on; no addresses and no passwords."""


def postgres(now: datetime) -> str:  # noqa: ARG001 - every check takes the present
    """Answer a statement, in the role of a member's request."""
    _ask("SELECT 1", role=MEMBER)
    return "answers"


def migrations(now: datetime) -> str:  # noqa: ARG001
    """Compare the database's revision with the newest one this code knows."""
    try:
        rows = one_shot("SELECT version_num FROM alembic_version", (), role=None, timeout_ms=1000)
    except (Unavailable, NotStorable) as error:
        raise Unhealthy("the revision cannot be read: legends db upgrade") from error
    found = rows[0][0] if rows else "none"
    if found != head():
        raise Unhealthy(f"at {found}, this code wants {head()}: legends db upgrade")
    return f"at {found}"


def clock(now: datetime) -> str:
    """Compare this machine's clock with Postgres's: a wrong one refuses every webhook."""
    offset = abs(_ask("SELECT clock_timestamp()")[0][0] - now)
    if offset > MOST_CLOCK_OFFSET:
        raise Unhealthy(f"{offset.total_seconds():.0f} s from the database's clock")
    return f"{offset.total_seconds():.3f} s from the database's clock"


def redis(now: datetime) -> str:  # noqa: ARG001
    """Redis answers, keeps an append-only file, and never evicts what has no time to live."""
    if not settings.current().redis_url:
        raise Unhealthy("REDIS_URL is not set")
    try:
        facts: dict[str, Any] = spool.client().info()
    except RedisError as error:
        raise Unhealthy(type(error).__name__) from error
    if policy := reckless_policy(facts):
        raise Unhealthy(f"maxmemory-policy {policy} evicts boards and the spool")
    if not facts.get("aof_enabled"):
        return "answers; without append-only file there is no spool when Postgres is away"
    return "answers"


@cache
def head() -> str:
    """The newest migration of this code."""
    return str(ScriptDirectory(str(settings.PROJECT / "migrations")).get_current_head())


def _ask(sql: str, **options: Any) -> list[tuple[Any, ...]]:
    try:
        return one_shot(sql, (), timeout_ms=1000, **options)
    except (Unavailable, NotStorable) as error:
        raise Unhealthy("does not answer") from error
