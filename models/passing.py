"""Which errors pass by themselves, and what they are about: said here and nowhere else.

Whoever catches an error of a server asks here: the batch (whose fault is it?), the tasks and the
poller (is it worth an alarm?), the web (come back, or our own fault?). Retrying libraries call
these classes transient; everything that is not named here is a fault that somebody has to look at.
"""

from __future__ import annotations

import enum
import errno
import socket
import sys

import psycopg2
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as NoFreeConnection


class Trouble(enum.Enum):
    """What an error says about the work it ended."""

    AWAY = "away"
    """A server, or the way to it, is gone, full or stopping: nobody's fault, and everybody's."""
    BLOCKED = "blocked"
    """Somebody else holds what the work needs: a lock, or the other half of a deadlock."""
    SLOW = "slow"
    """The work was cut off after its time."""
    FAULT = "fault"
    """Trying the same again would end the same."""


class Unavailable(Exception):
    """Postgres did not take the statement; whether it was committed may be unknown."""


# By the longest beginning of an SQLSTATE that fits.
STATES = {
    "08": Trouble.AWAY,  # the connection
    "25006": Trouble.AWAY,  # read only: a standby, or one that was not promoted yet
    "28": Trouble.AWAY,  # our login is refused: for an operator, and no row is at fault
    "53": Trouble.AWAY,  # out of disk, memory or connections
    "57P": Trouble.AWAY,  # stopping, starting, or told to end us
    "58": Trouble.AWAY,  # the machine under it: files that cannot be read or written
    "40001": Trouble.BLOCKED,  # cannot be serialized
    "40003": Trouble.BLOCKED,  # unknown whether it completed
    "40P01": Trouble.BLOCKED,  # deadlock
    "55006": Trouble.BLOCKED,  # in use
    "55P03": Trouble.BLOCKED,  # lock timeout
    "25P03": Trouble.SLOW,  # idle in its transaction for too long
    "25P04": Trouble.SLOW,  # transaction timeout
    "57014": Trouble.SLOW,  # statement timeout, or cancelled by hand
}
# (module, class) of what other servers' clients raise, compared without loading any of them.
OTHERS = (
    ("redis.exceptions", "ConnectionError", Trouble.AWAY),
    ("redis.exceptions", "TimeoutError", Trouble.AWAY),
    ("redis.exceptions", "ReadOnlyError", Trouble.AWAY),
    ("redis.exceptions", "OutOfMemoryError", Trouble.AWAY),
    ("redis.exceptions", "ClusterDownError", Trouble.AWAY),
    ("redis.exceptions", "MasterDownError", Trouble.AWAY),
    ("redis.exceptions", "TryAgainError", Trouble.AWAY),
    ("kombu.exceptions", "OperationalError", Trouble.AWAY),
    ("amqp.exceptions", "RecoverableConnectionError", Trouble.AWAY),
    ("amqp.exceptions", "RecoverableChannelError", Trouble.AWAY),
    ("httpx", "TransportError", Trouble.AWAY),
    ("billiard.exceptions", "SoftTimeLimitExceeded", Trouble.SLOW),
)
REDIS_SAYS = ("MISCONF", "NOREPLICAS", "MASTERDOWN", "LOADING", "BUSY")
"""First words of Redis's answers that have no class of their own: it cannot write just now."""
NETWORK = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN})
LOST = (Unavailable, NoFreeConnection, PendingRollbackError, OperationalError, InterfaceError)
DATABASE = (Unavailable, DBAPIError, NoFreeConnection, PendingRollbackError, psycopg2.Error)
"""All kinds through which Postgres is heard, for an `except`; `trouble` tells them apart."""


def trouble(error: BaseException) -> Trouble:
    """What the error says about the work it ended."""
    original = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, psycopg2.Error):
        return _of_postgres(original)
    if isinstance(error, LOST):
        return Trouble.AWAY
    if isinstance(error, ConnectionError | TimeoutError | socket.gaierror):
        return Trouble.AWAY
    if isinstance(error, OSError) and error.errno in NETWORK:
        return Trouble.AWAY
    return _of_others(error)


def is_passing(error: BaseException) -> bool:
    """True for what time cures: the same work, tried again later, may well succeed."""
    return trouble(error) is not Trouble.FAULT


def is_disconnect(error: BaseException) -> bool:
    """True where the connection to Postgres broke; a refused statement has an SQLSTATE instead."""
    if isinstance(error, psycopg2.InterfaceError):
        return True
    return isinstance(error, psycopg2.OperationalError) and (error.pgcode or "57P")[:3] == "57P"


def _of_postgres(error: psycopg2.Error) -> Trouble:
    if isinstance(error, psycopg2.InterfaceError):
        return Trouble.AWAY
    if error.pgcode is None:
        # Said by the driver, not by Postgres: a lost connection, also where it found no better
        # class for it. Its other classes are about values nobody can send.
        is_lost = isinstance(error, psycopg2.OperationalError)
        is_lost |= type(error) is psycopg2.DatabaseError
        return Trouble.AWAY if is_lost else Trouble.FAULT
    for length in (5, 3, 2):
        found = STATES.get(error.pgcode[:length])
        if found is not None:
            return found
    return Trouble.FAULT


def _of_others(error: BaseException) -> Trouble:
    for module, name, meaning in OTHERS:
        if _is_a(error, module, name):
            return meaning
    if _is_a(error, "redis.exceptions", "ResponseError") and str(error).startswith(REDIS_SAYS):
        return Trouble.AWAY
    return Trouble.FAULT


def _is_a(error: BaseException, module: str, name: str) -> bool:
    """Like isinstance; an error of a library that was never loaded cannot have been raised."""
    kind = getattr(sys.modules.get(module), name, None)
    return isinstance(kind, type) and isinstance(error, kind)
