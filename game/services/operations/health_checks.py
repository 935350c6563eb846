"""One question to each server this system stands on. A check answers, or raises Unhealthy.

Healthy means able to do what we need, and what we need of a server is mostly that it writes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from alembic.script import ScriptDirectory
from redis import RedisError

import settings
from game.services.inbox import spool
from game.services.operations import write_probes
from game.services.platform.eviction import reckless_policy
from models.one_shot import NotStorable, Unavailable, one_shot
from models.session import MEMBER

MOST_CLOCK_OFFSET = timedelta(seconds=120)
"""Signatures are good for 300 s either way, and half of that may be Whop's own error."""


class Unhealthy(Exception):
    """What is wrong, in words an operator can act on; no addresses and no passwords."""


class Away(Unhealthy):
    """The server does not answer at all."""


def postgres(now: datetime) -> str:  # noqa: ARG001 - every check takes the present
    """Answer a statement in the role of a member's request, and commit a write."""
    _ask("SELECT 1", role=MEMBER)
    try:
        write_probes.postgres()
    except (write_probes.Refused, write_probes.Away) as reason:
        raise judged(reason) from reason
    return "writes"


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
    """Redis writes, keeps an append-only file, and never evicts what has no time to live."""
    if not settings.current().redis_url:
        raise Unhealthy("REDIS_URL is not set")
    try:
        facts: dict[str, Any] = spool.client().info()
    except RedisError as error:
        raise judged(write_probes.explained(error)) from error
    if policy := reckless_policy(facts):
        raise Unhealthy(f"maxmemory-policy {policy} evicts boards and the spool")
    try:
        write_probes.redis_server(spool.client())
    except (write_probes.Refused, write_probes.Away) as reason:
        raise judged(reason) from reason
    if not facts.get("aof_enabled"):
        return "writes; without append-only file there is no spool when Postgres is away"
    if facts.get("aof_last_write_status", "ok") != "ok":
        raise Unhealthy("cannot write its append-only file: free some room on its disk")
    return "writes"


@cache
def head() -> str:
    """The newest migration of this code."""
    return str(ScriptDirectory(str(settings.PROJECT / "migrations")).get_current_head())


def _ask(sql: str, **options: Any) -> list[tuple[Any, ...]]:
    try:
        return one_shot(sql, (), timeout_ms=1000, **options)
    except (Unavailable, NotStorable) as error:
        raise Away("does not answer") from error


def judged(reason: write_probes.Refused | write_probes.Away) -> Unhealthy:
    """What a failed write says about a server's health."""
    if isinstance(reason, write_probes.Away):
        return Away("does not answer")
    return Unhealthy(str(reason))
