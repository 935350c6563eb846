"""An end to waiting for a frozen Postgres.

psycopg2 waits for an answer without end: the server's own time-outs do not help where the server
itself has stopped. A guard thread shuts down the sockets of this process's connections; the
waiting call then fails like any lost connection. For processes that do one thing at a time.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import weakref
from collections.abc import Iterator
from typing import Any

import structlog
from psycopg2 import InterfaceError
from sqlalchemy import event
from sqlalchemy.pool import Pool

log = structlog.get_logger(__name__)

_open: weakref.WeakSet[Any] = weakref.WeakSet()
"""Every psycopg2 connection this process opened through a pool."""


@contextlib.contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Cut this process's database connections if the block takes longer than `seconds`."""
    guard = threading.Timer(seconds, _cut, (seconds,))
    guard.daemon = True
    guard.start()
    try:
        yield
    finally:
        guard.cancel()


def _cut(seconds: float) -> None:
    connections = list(_open)
    log.error("postgres_connections_cut", after_seconds=seconds, connections=len(connections))
    for connection in connections:
        with contextlib.suppress(OSError, InterfaceError):
            descriptor = os.dup(connection.fileno())
            with socket.socket(fileno=descriptor) as wire:
                wire.shutdown(socket.SHUT_RDWR)


@event.listens_for(Pool, "connect")
def _opened(connection: Any, record: Any) -> None:  # noqa: ARG001 - SQLAlchemy's signature
    _open.add(connection)
