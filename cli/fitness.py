"""Are the servers behind the settings fit for us? Questions to them, judgements in plain words.

`legends doctor` prints every judgement. `web`, `relay`, `worker`, `beat` and `poll` refuse to start
on the fatal ones: a version too old, or a Redis that evicts what must stay. A server that does not
answer is no reason to refuse, for it may come back; such a part starts and waits for it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg2
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from game.services.platform.eviction import reckless_policy
from settings import Settings, UnsafeSettings

OLDEST_POSTGRES = 160_000
OLDEST_REDIS = (7, 2)
OLDEST_VALKEY = (8, 0)
# Whop's signatures and our schedules both lean on the clock; five minutes is Whop's own window.
LARGEST_CLOCK_OFFSET_SECONDS = 30
TIMEOUT_SECONDS = 2
"""Each question is asked once: a part that starts without a server must not wait long for it."""


@dataclass(frozen=True)
class Finding:
    """One judgement. `mend` says what to do and is empty when all is well.

    `fatal` findings keep a part from starting.
    """

    subject: str
    fact: str
    mend: str = ""
    fatal: bool = False


def refuse_unfit(settings: Settings) -> None:
    """Raise UnsafeSettings if a server that answers would lose data or lacks what we use."""
    fatal = [found for found in server_findings(settings) if found.fatal]
    if fatal:
        raise UnsafeSettings([f"{found.subject}: {found.fact}; {found.mend}" for found in fatal])


def server_findings(settings: Settings) -> list[Finding]:
    """All findings about PostgreSQL and both Redis servers."""
    findings = postgres_findings(settings.database_url)
    findings += redis_findings("REDIS_URL", settings.redis_url)
    if settings.broker_url != settings.redis_url:
        findings += redis_findings("CELERY_BROKER_URL", settings.broker_url)
    return findings


def postgres_findings(url: str) -> list[Finding]:
    """Version and clock of the database server."""
    if not url:
        return [Finding("PostgreSQL", "DATABASE_URL is not set", "set it, or run `legends up`")]
    try:
        before = time.time()
        with closing(connect(url)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
            offset = float(cursor.fetchone()[0]) - (before + time.time()) / 2
            version = connection.server_version
    except psycopg2.Error as problem:
        reason = str(problem).strip().partition("\n")[0]
        return [Finding("PostgreSQL", f"does not answer: {reason}", "check DATABASE_URL")]
    return [judge_postgres(version), judge_clock(offset)]


def redis_findings(name: str, url: str) -> list[Finding]:
    """Version, eviction and durability of one Redis or Valkey server."""
    if not url:
        return [Finding(name, "is not set", "set it, or run `legends up`")]
    if not url.startswith(("redis://", "rediss://", "unix://")):
        return [Finding(name, "is not Redis; its server is not looked into")]
    try:
        with closing(ask_redis(url)) as client:
            info: dict[str, Any] = client.info()
    except redis.RedisError as problem:
        return [Finding(name, f"does not answer: {problem}", f"check {name}")]
    return [judge_redis(name, info), judge_eviction(name, info), judge_durability(name, info)]


def ask_redis(url: str) -> redis.Redis:
    """A client for one question."""
    return redis.Redis.from_url(
        url,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


def connect(url: str) -> Any:
    """A psycopg2 connection for one question; the URL may carry SQLAlchemy's driver name."""
    plain = url.replace("postgresql+psycopg2://", "postgresql://", 1)
    return psycopg2.connect(plain, connect_timeout=TIMEOUT_SECONDS)


def judge_postgres(version: int) -> Finding:
    """`version` as the server numbers it: 160004 is 16.4."""
    fact = f"version {version // 10_000}.{version % 10_000}"
    if version < OLDEST_POSTGRES:
        return Finding("PostgreSQL", fact, "use version 16 or newer", fatal=True)
    return Finding("PostgreSQL", fact)


def judge_clock(offset: float) -> Finding:
    """`offset` in seconds, positive when the database is ahead of this machine."""
    fact = f"database and this machine differ by {abs(offset):.2f} s"
    if abs(offset) > LARGEST_CLOCK_OFFSET_SECONDS:
        return Finding("Clock", fact, "let both follow a time server (NTP)")
    return Finding("Clock", fact)


def judge_redis(name: str, info: dict[str, Any]) -> Finding:
    """Valkey also reports the Redis version that it is compatible with."""
    kind, oldest = (
        ("Valkey", OLDEST_VALKEY) if "valkey_version" in info else ("Redis", OLDEST_REDIS)
    )
    version = str(info.get("valkey_version") or info.get("redis_version"))
    found = tuple(int(number) for number in re.findall(r"\d+", version)[:2])
    if found < oldest:
        return Finding(name, f"{kind} {version}", "use Redis 7.2 or Valkey 8, or newer", fatal=True)
    return Finding(name, f"{kind} {version}")


def judge_eviction(name: str, info: dict[str, Any]) -> Finding:
    """Say what goes first when memory is short, and refuse a server that lets anything go."""
    policy = str(info.get("maxmemory_policy", ""))
    if reckless_policy(info):
        wish = "noeviction" if name == "CELERY_BROKER_URL" else "volatile-lru"
        mend = f"set maxmemory-policy to {wish}: this one drops boards, tickets and messages"
        return Finding(name, f"evicts by {policy}", mend, fatal=True)
    return Finding(name, f"evicts by {policy}")


def judge_durability(name: str, info: dict[str, Any]) -> Finding:
    """Without the append-only file webhooks cannot be kept while Postgres is down."""
    if info.get("aof_enabled") == 1:
        return Finding(name, "keeps an append-only file")
    mend = "set appendonly yes: until then webhooks get 503 while Postgres is down"
    return Finding(name, "keeps no append-only file", mend)


def settled(check: Callable[[], list[Finding]], subject: str) -> list[Finding]:
    """The findings of a check, or one finding that says how it broke."""
    try:
        return check()
    except Exception as problem:  # noqa: BLE001 - a broken check is itself the finding
        return [Finding(subject, f"could not be checked: {problem}", "mend this first")]
