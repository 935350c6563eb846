"""Bodies of API calls: read by whoever parses them, once it is known who calls, and no further.

A route's role is checked, and its limit counted, before its parser asks for the body. So a stranger
can make us read some kilobytes in all, where signing in needs them, and nothing anywhere else.
"""

from __future__ import annotations

import contextlib
import socket

from flask import Response, current_app, g, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, RequestTimeout

from web.limits import TimeUp, within

LARGEST_OF_A_STRANGER = 4 * 1024
"""Bytes taken from somebody who is not signed in: the name of a place."""
SECONDS = 1.5
"""For the body of a call to arrive: 256 KiB at most."""
LEFT_TO_THE_SERVER = 64 * 1024
"""Bytes of an unread body that the server may skip to keep the connection."""


def receive() -> bytes:
    """The whole body, so that nobody later waits for a part that never comes."""
    largest = current_app.config["MAX_CONTENT_LENGTH"] if "caller" in g else LARGEST_OF_A_STRANGER
    request.max_content_length = largest
    try:
        with within(SECONDS):
            body = request.get_data()
    except RequestEntityTooLarge as error:
        raise RequestEntityTooLarge(f"At most {largest // 1024} KiB are taken here.") from error
    except TimeUp as error:
        raise RequestTimeout("The body did not arrive in time.") from error
    except (OSError, ParseException) as error:
        raise BadRequest("The body ended too early or is chunked wrongly.") from error
    g.has_body = True
    return body


def drop_unread(response: Response) -> None:
    """Hang up after the answer on somebody who still sends more than is worth skipping."""
    length = request.content_length
    is_chunked = length is None and "HTTP_TRANSFER_ENCODING" in request.environ
    if g.get("has_body") or not (is_chunked or (length or 0) > LEFT_TO_THE_SERVER):
        return
    connection = request.environ.get("gunicorn.socket")
    if connection is not None:
        response.call_on_close(lambda: _hang_up(connection))


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
