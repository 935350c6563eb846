"""Server-sent events: the same frames for browsers and networks that do not let sockets through."""

from __future__ import annotations

import errno
import time
from collections.abc import Generator, Iterator

import gevent

from web.realtime import closing, metrics
from web.realtime.admission import Refused, Visitor
from web.realtime.hub import Hub
from web.realtime.opening import greet, joined, life_seconds
from web.realtime.send_queue import SendQueue
from web.realtime.sockets import PING_SECONDS
from web.realtime.wire import STUCK_SECONDS

RETRY_MS = 3000


def stream(hub: Hub, visitor: Visitor) -> Iterator[bytes]:
    """The body of one event stream. Ends with an event `close` that carries the code."""
    try:
        with joined(hub, visitor) as queue, metrics.connections.labels("sse").track_inprogress():
            hello = b"".join(frame.for_sse for frame in greet(hub, queue, visitor))
            yield from _given(queue, b"retry: %d\n\n" % RETRY_MS + hello)
            code = yield from _frames(queue)
    except Refused as refused:
        code = refused.code
    metrics.closed.labels(code).inc()
    reason = closing.REASONS.get(code, "").encode()
    yield b'event: close\ndata: {"code":%d,"reason":"%s"}\n\n' % (code, reason)


def _frames(queue: SendQueue) -> Generator[bytes, None, int]:
    ends_at = time.monotonic() + life_seconds()
    while queue.ending is None:
        frames = queue.take(PING_SECONDS)
        if frames:
            metrics.frames.labels("sse").inc(len(frames))
            yield from _given(queue, b"".join(frame.for_sse for frame in frames))
        elif queue.ending is None:
            yield from _given(queue, b": still here\n\n")
        if time.monotonic() >= ends_at:
            return closing.RESTART
    return queue.ending


def _given(queue: SendQueue, chunk: bytes) -> Iterator[bytes]:
    """Hand one chunk to the server; a browser that does not take it in time is cut.

    The server writes while this generator rests. The error that ends its write is one it knows:
    it drops the connection without another word.
    """
    gone = ConnectionResetError(errno.ECONNRESET, "the browser does not read")
    queue.sending_since = time.monotonic()
    with gevent.Timeout(STUCK_SECONDS, gone):
        yield chunk
    queue.sending_since = None
