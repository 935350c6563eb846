"""Deadlines that hold even on a frozen server, and a circuit breaker for one that just was.

psycopg2 waits for ever on a server that is stopped rather than gone; under gevent a timer ends
that wait. Outside gevent (tests of the test client, commands) statement timeouts have to do.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import gevent
from gevent import monkey


class TimeUp(Exception):
    """The time limit around this work is over."""


def is_gevent() -> bool:
    """True where waiting gives way to other greenlets, and a timer can end it."""
    return bool(monkey.is_module_patched("socket"))


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """End the block with TimeUp after `seconds`, whatever it waits for.

    Whatever the interrupted code made of the interruption (a rollback on a connection that is
    now closed, say) is only the echo of it.
    """
    if not is_gevent():
        yield
        return
    timer = gevent.Timeout(seconds)
    timer.start()
    try:
        yield
    except BaseException as error:
        if error is timer or not timer.pending:
            raise TimeUp(f"more than {seconds:g} s") from error
        raise
    finally:
        timer.close()


@dataclass
class Breaker:
    """Remembers for a moment that a server does not answer, so that not everybody waits for it.

    While it is open nobody asks; when the moment is over one caller tries, the others still do
    not, until that one has an answer.
    """

    rest_seconds: float
    _closed_again_at: float = 0.0
    _probing: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def may_try(self) -> bool:
        """True where the caller should ask the server; it must report the outcome."""
        with self._lock:
            if self._closed_again_at == 0.0:
                return True
            if self._probing or time.monotonic() < self._closed_again_at:
                return False
            self._probing = True
            return True

    def answered(self) -> None:
        """The server is there."""
        if self._closed_again_at:
            with self._lock:
                self._closed_again_at, self._probing = 0.0, False

    def failed(self) -> None:
        """The server is not there; rest before the next try."""
        with self._lock:
            self._closed_again_at, self._probing = time.monotonic() + self.rest_seconds, False
