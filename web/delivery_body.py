"""Taking in the body of a delivery: not too much of it, not for too long, not of too many."""

from __future__ import annotations

import contextlib
import socket
from typing import Any

from gunicorn.http.errors import ParseException

from web.limits import TimeUp, is_gevent, within
from web.places import Places, PushedOut
from web.turned import Turned

Environ = dict[str, Any]

MIB = 1024 * 1024
LARGEST_BODY = 1 * MIB
READ_SECONDS = 1.5
"""For the body to arrive. Whop's are some kilobytes."""
MOST_AWAITED = 200
"""Bodies on their way to one process; each may hold a MiB of memory."""
MOST_OF_ONE = MOST_AWAITED // 4
"""Of them, from one address. Whoever comes through a proxy shares that proxy's."""
RETRY_SECONDS = 5
AT_ONCE = 65_536

_places = Places(MOST_AWAITED, MOST_OF_ONE)


def announced(environ: Environ) -> int | None:
    """The length the sender names, None where it comes in chunks. Raises Turned if too large."""
    text = environ.get("CONTENT_LENGTH") or ""
    if not text:
        return None if environ.get("wsgi.input_terminated") else 0
    if not (text.isascii() and text.isdigit()):
        raise Turned(400, "bad_request", "Content-Length is not a number.")
    length = int(text[:20])
    if length > LARGEST_BODY:
        raise too_large()
    return length


def receive(environ: Environ, length: int | None) -> bytes:
    """The raw bytes, never more than LARGEST_BODY of them in memory. Raises Turned."""
    try:
        with _place(environ), within(READ_SECONDS):
            body: bytes = environ["wsgi.input"].read(LARGEST_BODY + 1 if length is None else length)
    except TimeUp as error:
        raise Turned(408, "too_slow", "The body did not arrive in time.", is_cut=True) from error
    except PushedOut as error:
        raise Turned(
            503, "busy", "Too many bodies are awaited.", retry_after=RETRY_SECONDS, is_cut=True
        ) from error
    except (OSError, ParseException) as error:
        raise Turned(
            400, "cut_short", "The body ended too early or is chunked wrongly.", is_cut=True
        ) from error
    if len(body) > LARGEST_BODY:
        raise too_large()
    if length is not None and len(body) < length:
        raise Turned(400, "cut_short", "The body ended too early.")
    return body


def _place(environ: Environ) -> contextlib.AbstractContextManager[None]:
    if not is_gevent():
        return contextlib.nullcontext()
    return _places.taken(environ.get("REMOTE_ADDR", ""))


def too_large() -> Turned:
    """The refusal of a body over the limit."""
    return Turned(413, "too_large", f"The body may have at most {LARGEST_BODY // MIB} MiB.")


def discard(environ: Environ) -> None:
    """Take what still comes of a refused body off the line, for a moment; then cut the line.

    An answer that left while the other side still sends would be lost if the connection closed;
    and without an end the server would wait for the rest as long as for a next request.
    """
    stream = environ["wsgi.input"]
    try:
        with within(READ_SECONDS):
            while stream.read(AT_ONCE):
                pass
    except (TimeUp, OSError, ParseException):
        cut(environ)


def cut(environ: Environ) -> None:
    """End the connection, once the answer is on its way."""
    client: socket.socket | None = environ.get("gunicorn.socket")
    if client is not None:
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)
