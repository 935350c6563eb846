"""What happens before the application sees a request: refusals in the envelope, short log lines."""

from __future__ import annotations

import json
import logging
import secrets
import socket
from http import HTTPStatus

from gunicorn.http.errors import ParseException

from web.envelope import refusal
from web.errors import code_of

LONGEST_LINE = 8190
MOST_FIELDS = 60
"""The limits that gunicorn is started with."""
WORDS = {
    400: "This is not a request as HTTP/1.1 has it: its line, a header, its length or its chunks.",
    414: f"The address is longer than {LONGEST_LINE:,} bytes.",
    417: "This Expect header asks for what no server here does; leave it out.",
    431: f"More than {MOST_FIELDS} headers, or one longer than {LONGEST_LINE:,} bytes.",
    501: "This transfer coding is not known here; send `chunked`, or a Content-Length.",
}


def write_refusal(sock: socket.socket, status: int, reason: str, message: str) -> None:  # noqa: ARG001
    """Answer and let gunicorn close the connection; in place of its page of HTML.

    What gunicorn has to say quotes the request, so it is left out; its log has it.
    """
    phrase = HTTPStatus(status).phrase
    words = WORDS.get(status, f"{phrase}.")
    told = refusal(code_of(status), words, None, secrets.token_hex(16))
    body = json.dumps(told).encode()
    head = (
        f"HTTP/1.1 {status} {phrase}\r\n"
        "Connection: close\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n"
        f"X-Content-Type-Options: nosniff\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    sock.sendall(head.encode() + body)


class OneLine(logging.Filter):
    """A connection that broke, or was never HTTP, is the client's doing: one line, no traceback.

    gunicorn names the whole address of such a request; what stands in its query is nobody's
    business.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record; every one is kept."""
        error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
        if isinstance(error, OSError | ParseException):
            record.exc_info, record.exc_text = None, None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.msg, record.args = "Connection broken by the client: %s", (type(error).__name__,)
        elif isinstance(record.args, tuple):
            record.args = tuple(
                arg.partition("?")[0] if isinstance(arg, str) and arg.startswith("/") else arg
                for arg in record.args
            )
        return True


def shorten_log() -> None:
    """Hang the filter into gunicorn's log of errors. Twice is harmless."""
    log = logging.getLogger("gunicorn.error")
    if not any(isinstance(one, OneLine) for one in log.filters):
        log.addFilter(OneLine())
