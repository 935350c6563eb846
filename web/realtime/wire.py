"""What simple-websocket gets in place of the client's socket, so that one greenlet alone writes.

simple-websocket writes from two places and drops the count that `send` returns, so a slow reader
would get frames cut in the middle and mixed up. Here its own words (pongs, close answers) are
only noted; the writer of the connection sends everything, whole, and gives up on a peer that
takes nothing for five seconds.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any

import gevent
from gevent.event import Event

STUCK_SECONDS = 5.0
LARGEST_MESSAGE = 4096
"""Bytes of one message from a browser. Nothing it says has a meaning here."""
MOST_BYTES_A_SECOND = 5 * LARGEST_MESSAGE
MOST_READS_A_SECOND = 50
MOST_NOTED = 16_384
KERNEL_BYTES = 65_536
"""What the kernel may hold for one socket: a browser that does not read is noticed early, and a
thousand of them do not fill the machine's memory."""


class Stuck(Exception):
    """The peer took nothing for too long; it has half a frame and gets no more."""


class Wire:
    """The client's socket behind the few methods simple-websocket calls."""

    def __init__(self, client: Any) -> None:
        hold_little(client)
        self._client = client
        self._noted = bytearray()
        self._wake: Callable[[], None] | None = None
        self._second = 0.0
        self._bytes = 0
        self._reads = 0
        self.left = Event()
        """Set when the peer has closed, vanished or broken the rules."""

    # what simple-websocket calls

    def recv(self, size: int) -> bytes:
        """Read, and refuse a peer that talks too much."""
        data: bytes = self._client.recv(size)
        now = time.monotonic()
        if now - self._second >= 1.0:
            self._second, self._bytes, self._reads = now, 0, 0
        self._bytes += len(data)
        self._reads += 1
        if self._bytes > MOST_BYTES_A_SECOND or self._reads > MOST_READS_A_SECOND:
            raise ConnectionAbortedError("the peer talks too much")
        return data

    def send(self, data: bytes) -> int:
        """Send the handshake at once; anything later is noted for the writer."""
        if self._wake is None:
            self.write(data)
        elif len(self._noted) > MOST_NOTED:
            raise ConnectionAbortedError("the peer does not take its answers")
        else:
            self._noted += data
            self._wake()
        return len(data)

    def close(self) -> None:
        """simple-websocket's reader has ended. The writer finishes and then lets go."""
        self.left.set()
        if self._wake is not None:
            self._wake()

    # what the writer calls

    def belongs_to(self, wake: Callable[[], None]) -> None:
        """From now on only the caller writes; `wake` tells it that something was noted."""
        self._wake = wake

    def write_noted(self) -> None:
        """Send what simple-websocket wanted sent."""
        if self._noted:
            noted, self._noted = bytes(self._noted), bytearray()
            self.write(noted)

    def write(self, data: bytes) -> None:
        """Send all of it. Raise Stuck if that takes too long, OSError if the peer is gone."""
        try:
            sent = self._client.send(data, 0, 0.0)  # 0.0: what fits now, without waiting
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            with gevent.Timeout(STUCK_SECONDS, Stuck):
                self._client.sendall(memoryview(data)[sent:])

    def cut(self) -> None:
        """Drop the connection as it is. Whoever waits on it gets an error."""
        try:
            self._client.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # already gone


def hold_little(client: Any) -> None:
    """Let the kernel keep no more than KERNEL_BYTES for this peer."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)


class Deaf(list[Any]):
    """simple-websocket's inbox, for a server that never listens: it stays empty."""

    def append(self, message: Any, /) -> None:
        """Forget the message."""
