"""Where deliveries wait, durably, while Postgres is away: one stream in REDIS_URL.

An entry counts only once it is fsynced into Redis's append-only file. `drain` moves entries to
the inbox and deletes them after that commit, so a crash in between only brings a duplicate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

import settings
from game.services.inbox.intake import Delivery, NotAnEvent, accept, read_delivery
from game.services.platform.sealing import SealBroken, open_sealed, seal
from models.one_shot import NotStorable

log = structlog.get_logger(__name__)

STREAM = "wl:spool"
QUARANTINE = "wl:spool:quarantine"
BATCH = 100

Fields = Mapping[bytes, bytes]
Entry = tuple[bytes, Fields]


class NotSpooled(Exception):
    """Redis did not take the delivery durably: away, slow, full, or without append-only file."""


@dataclass(frozen=True, slots=True)
class Drained:
    """What one `drain` did: moved to the inbox, put aside as unreadable, and whether more waits."""

    moved: int
    quarantined: int
    more: bool


def client() -> redis.Redis:
    """A connection pool of the spool's own: short limits and no retries, the door cannot wait."""
    return _client(settings.current().redis_url)


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url,
        socket_connect_timeout=1,
        socket_timeout=2,
        health_check_interval=0,
        retry=Retry(NoBackoff(), 0),
        max_connections=200,
    )


def put(delivery: Delivery, *, wait_ms: int) -> None:
    """Keep a delivery until Postgres is back, on disk before this returns. Raises NotSpooled.

    Both commands go down one connection, for WAITAOF speaks of its own connection's writes.
    """
    if not settings.current().redis_url:
        raise NotSpooled("no REDIS_URL")
    pipe = client().pipeline(transaction=False)
    pipe.xadd(STREAM, cast(Any, _fields(delivery)))
    pipe.execute_command("WAITAOF", 1, 0, max(wait_ms, 1))  # type: ignore[no-untyped-call]
    try:
        _, fsynced = pipe.execute()
    except (redis.RedisError, OSError) as error:
        raise NotSpooled(str(error)) from error
    if fsynced[0] < 1:
        raise NotSpooled("not fsynced in time")


def depth() -> int:
    """Entries still waiting in Redis. Raises redis.RedisError."""
    return int(client().xlen(STREAM))


def drain(now: datetime) -> Drained:
    """Move up to one batch of entries to the inbox, oldest first.

    What cannot be opened or read is moved to the quarantine stream and logged: it must not keep
    the others waiting. Raises models.one_shot.Unavailable and redis.RedisError; the entries that
    were not moved stay.
    """
    entries = cast(Sequence[Entry], client().xrange(STREAM, count=BATCH))
    moved: list[bytes] = []
    quarantined = 0
    try:
        for entry_id, fields in entries:
            try:
                accept(_delivery(fields))
            except (SealBroken, NotAnEvent, NotStorable, KeyError, ValueError) as error:
                _put_aside(entry_id, fields, error, now)
                quarantined += 1
            else:
                moved.append(entry_id)
    finally:
        if moved:
            client().xdel(STREAM, *moved)
    return Drained(len(moved), quarantined, more=len(entries) == BATCH)


def _fields(delivery: Delivery) -> dict[str, str | bytes]:
    """The sealed body tells everything; type and company are for whoever looks at the stream."""
    return {
        "id": delivery.webhook_id,
        "type": delivery.type,
        "company": delivery.company_id or "",
        "sent_at": delivery.sent_at.isoformat(),
        "received_at": delivery.received_at.isoformat(),
        "sealed": seal(delivery.webhook_id, delivery.body),
    }


def _delivery(fields: Fields) -> Delivery:
    webhook_id = fields[b"id"].decode()
    return read_delivery(
        webhook_id,
        open_sealed(webhook_id, fields[b"sealed"]),
        _moment(fields[b"sent_at"]),
        _moment(fields[b"received_at"]),
    )


def _moment(text: bytes) -> datetime:
    return datetime.fromisoformat(text.decode()).astimezone(UTC)


def _put_aside(entry_id: bytes, fields: Fields, error: Exception, now: datetime) -> None:
    log.error("spool_entry_quarantined", entry=entry_id.decode(), reason=type(error).__name__)
    pipe = client().pipeline(transaction=True)
    pipe.xadd(
        QUARANTINE,
        cast(Any, {**fields, b"reason": str(error).encode(), b"at": now.isoformat().encode()}),
    )
    pipe.xdel(STREAM, entry_id)
    pipe.execute()
