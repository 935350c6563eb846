"""The websocket transport: the writer of one connection, its pings and its end."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from simple_websocket import Server
from wsproto.events import CloseConnection, Ping

from web.realtime import closing, metrics
from web.realtime.admission import Refused, Visitor
from web.realtime.frames import Frame
from web.realtime.hub import Hub
from web.realtime.opening import greet, joined, life_seconds
from web.realtime.send_queue import SendQueue
from web.realtime.wire import Deaf, Stuck, Wire

PING_SECONDS = 25.0
FAREWELL_SECONDS = 1.0
"""How long the other side has to answer a close, so that it reads ours before we hang up."""


class Writer:
    """Everything that is sent on one socket, sent by the greenlet that runs this."""

    def __init__(self, socket: Server, wire: Wire) -> None:
        self._socket = socket
        self._wire = wire
        self._ping_at = time.monotonic() + PING_SECONDS
        self._ends_at = time.monotonic() + life_seconds()
        socket.input_buffer = Deaf()
        wire.belongs_to(lambda: None)

    def serve(self, hub: Hub, visitor: Visitor) -> None:
        """Greet the visitor and send frames until one side ends it."""
        try:
            with joined(hub, visitor) as queue, metrics.connections.labels("ws").track_inprogress():
                self._wire.belongs_to(queue.wake)
                self._send(queue, greet(hub, queue, visitor))
                self.close(self._go_on(queue))
        except Refused as refused:
            self.close(refused.code)
        except Stuck:
            metrics.cut.inc()
            self._wire.cut()
        except OSError:
            self._wire.cut()
        finally:
            self._socket.connected = False

    def close(self, code: int) -> None:
        """Say goodbye with `code` and give the other side a moment to hear it; 0 = it has left."""
        if code == 0 or self._wire.left.is_set():
            return
        metrics.closed.labels(code).inc()
        goodbye = CloseConnection(code, closing.REASONS.get(code))
        try:
            self._wire.write(self._socket.ws.send(goodbye))
        except (Stuck, OSError):
            self._wire.cut()
            return
        self._wire.left.wait(FAREWELL_SECONDS)

    def _go_on(self, queue: SendQueue) -> int:
        """Send until something ends it; the code to close with."""
        while True:
            now = time.monotonic()
            if now >= self._ping_at and not self._ping():
                self._wire.cut()
                return 0
            frames = queue.take(self._ping_at - now)
            self._wire.write_noted()
            if self._wire.left.is_set():
                return 0
            if frames:
                self._send(queue, frames)
            if queue.ending is not None:
                return queue.ending
            if now >= self._ends_at:
                return closing.RESTART

    def _send(self, queue: SendQueue, frames: Sequence[Frame]) -> None:
        queue.sending_since = time.monotonic()
        self._wire.write(b"".join([frame.for_socket for frame in frames]))
        queue.sending_since = None
        metrics.frames.labels("ws").inc(len(frames))

    def _ping(self) -> bool:
        """Ask whether somebody is there. False when the last question was never answered."""
        if not self._socket.pong_received:
            return False
        self._socket.pong_received = False
        self._wire.write(self._socket.ws.send(Ping()))
        self._ping_at = time.monotonic() + PING_SECONDS
        return True


def prepare(environ: dict[str, Any]) -> Wire:
    """Put a Wire in the place where simple-websocket looks for the client's socket.

    Compression is not offered: it would cost each socket some 300 kB, and each frame its own
    bytes for every socket.
    """
    environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
    wire = environ["gunicorn.socket"] = Wire(environ["gunicorn.socket"])
    return wire
