"""Can a server still write? Asked by writing: a full or read-only one answers every question.

What a server refuses is told in words an operator can act on, without addresses or passwords.
"""

from __future__ import annotations

import secrets
from typing import Any, cast

import psycopg2
import redis
from redis.exceptions import NoPermissionError, OutOfMemoryError, ReadOnlyError

from models.one_shot import NotStorable, Unavailable, one_shot

STREAM = "wl:probe"
"""One entry, for a minute."""
PROBE_SECONDS = 60
TIMEOUT_MS = 1000

# Row and page are dead once this is committed, but not yet free: the next row needs a new page
# again. An update in place would go on working on a full disk for as long as old pages have room,
# while the inbox cannot grow.
_WRITE = (
    "INSERT INTO write_probe (id, filler) VALUES (%s, repeat('x', 5000));"
    "DELETE FROM write_probe WHERE id = %s RETURNING id"
)
_POSTGRES = {
    "25006": "is read-only: a standby, or set so, as hosts do when its disk is full",
    "53100": "has no room on its disk: free some",
    "53200": "is out of memory",
    "53300": "takes no more connections: max_connections",
    "42P01": "has no table write_probe: legends db upgrade",
    "42501": "does not let us write: legends db upgrade",
    "55P03": "keeps us waiting for a lock",
    "57014": "does not finish a write in time: its disk, or a standby it waits for",
}
_REDIS: tuple[tuple[type[redis.ResponseError], str, str], ...] = (
    (ReadOnlyError, "READONLY", "is read-only: it is a replica"),
    (OutOfMemoryError, "OOM", "is out of memory: raise maxmemory, or find what fills it"),
    (redis.ResponseError, "MISCONF", "cannot write its own disk: free some room there"),
    (redis.ResponseError, "NOREPLICAS", "does not write: too few of its replicas answer"),
    (NoPermissionError, "NOPERM", "does not let us write: the rights of its user"),
)
"""Kind of error, or how its words begin where redis-py has no kind for it, and what to say."""


class Refused(Exception):
    """The server answers and does not write; the message says why."""


class Away(Exception):
    """The server does not answer."""


def postgres() -> None:
    """Commit a write that needs new room in a file, as a delivery does. Raises Refused, Away."""
    probe = secrets.token_hex(8)
    try:
        one_shot(_WRITE, (probe, probe), timeout_ms=TIMEOUT_MS)
    except (Unavailable, NotStorable) as error:
        code = getattr(error.__cause__, "pgcode", None) or ""
        if code in _POSTGRES:
            raise Refused(_POSTGRES[code]) from error
        if isinstance(error.__cause__, psycopg2.Error) and code[:2] not in ("", "08", "57"):
            raise Refused(f"refuses to write: error {code}") from error
        raise Away from error


def redis_server(client: redis.Redis) -> None:
    """Append to a stream, as the spool does. Raises Refused, Away."""
    pipe = client.pipeline(transaction=False)
    pipe.xadd(STREAM, cast(Any, {"at": "now"}), maxlen=1, approximate=False)
    pipe.expire(STREAM, PROBE_SECONDS)
    try:
        pipe.execute()
    except redis.RedisError as error:
        raise explained(error) from error


def explained(error: redis.RedisError) -> Refused | Away:
    """What an error of Redis means for whoever has to mend it."""
    if not isinstance(error, redis.ResponseError):
        return Away(type(error).__name__)
    words = str(error)
    for kind, mark, told in _REDIS:
        if (kind is not redis.ResponseError and isinstance(error, kind)) or words.startswith(mark):
            return Refused(told)
    return Refused(f"refuses to write: {words.split(' ', 1)[0][:40]}")
