"""Store and forward: deliveries wait, durably, in REDIS_URL while Postgres is away.

An entry counts only once it is fsynced into Redis's append-only file. `drain` moves entries to
the inbox and deletes them after that commit, so a crash in between only brings a duplicate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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


def quarantined() -> int:
    """Entries put aside because they could not be read. Raises redis.RedisError."""
    return int(client().xlen(QUARANTINE))


def drain(now: datetime) -> Drained:
    """Move up to one batch of entries to the inbox, oldest first.

    Each was received as long before `now` as it has been here, whose clock ever is wrong. What
    cannot be opened or read is moved to the quarantine stream and logged: it must not keep the
    others waiting. Raises models.one_shot.Unavailable and redis.RedisError; the entries that were
    not moved stay.
    """
    entries = cast(Sequence[Entry], client().xrange(STREAM, count=BATCH))
    if not entries:
        return Drained(0, 0, more=False)
    redis_now = client().time()
    moved: list[bytes] = []
    quarantined = 0
    try:
        for entry_id, fields in entries:
            try:
                accept(_delivery(fields, _received_at(entry_id, fields, now, redis_now)))
            except (SealBroken, NotAnEvent, NotStorable, KeyError, ValueError) as error:
                put_aside(STREAM, entry_id, fields, error, now)
                quarantined += 1
            else:
                moved.append(entry_id)
    finally:
        if moved:
            client().xdel(STREAM, *moved)
    return Drained(len(moved), quarantined, more=len(entries) == BATCH)


def _fields(delivery: Delivery) -> dict[str, str | bytes]:
    """The sealed body tells everything; type and company are for whoever looks at the stream."""
    known = {} if delivery.received_at is None else {"received_at": delivery.received_at}
    return {
        "id": delivery.webhook_id,
        "type": delivery.type,
        "company": delivery.company_id or "",
        "sent_at": delivery.sent_at.isoformat(),
        **{name: moment.isoformat() for name, moment in known.items()},
        "sealed": seal(delivery.webhook_id, delivery.body),
    }


def _delivery(fields: Fields, received_at: datetime) -> Delivery:
    webhook_id = fields[b"id"].decode()
    return read_delivery(
        webhook_id,
        open_sealed(webhook_id, fields[b"sealed"]),
        _moment(fields[b"sent_at"]),
        received_at,
    )


def _received_at(
    entry_id: bytes, fields: Fields, now: datetime, redis_now: tuple[int, int]
) -> datetime:
    """When an entry came: known already, or so long ago as the server that numbered it says."""
    if b"received_at" in fields:
        return min(_moment(fields[b"received_at"]), now)
    seconds, microseconds = redis_now
    arrived_ms = int(entry_id.partition(b"-")[0])
    age_ms = seconds * 1000 + microseconds // 1000 - arrived_ms
    return now - timedelta(milliseconds=max(age_ms, 0))


def _moment(text: bytes) -> datetime:
    return datetime.fromisoformat(text.decode()).astimezone(UTC)


def put_aside(
    stream: str, entry_id: bytes, fields: Fields, error: Exception, now: datetime
) -> None:
    """Move an entry that cannot be read to the quarantine: it must not keep the others waiting."""
    log.error("spool_entry_quarantined", entry=entry_id.decode(), reason=type(error).__name__)
    pipe = client().pipeline(transaction=True)
    pipe.xadd(
        QUARANTINE,
        cast(Any, {**fields, b"reason": str(error).encode(), b"at": now.isoformat().encode()}),
    )
    pipe.xdel(stream, entry_id)
    pipe.execute()
