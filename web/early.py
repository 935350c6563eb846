"""What the HTTP server refuses before the application sees it, in the envelope of all answers."""

from __future__ import annotations

import json
import secrets
import socket
from http import HTTPStatus

from web.envelope import refusal
from web.errors import code_of


def write_refusal(sock: socket.socket, status: int, reason: str, message: str) -> None:  # noqa: ARG001
    """Answer and let gunicorn close the connection; in place of its page of HTML.

    What gunicorn has to say quotes the request, so it is left out; its log has it.
    """
    phrase = HTTPStatus(status).phrase
    told = refusal(code_of(status), f"{phrase}.", None, secrets.token_hex(16))
    body = json.dumps(told).encode()
    head = (
        f"HTTP/1.1 {status} {phrase}\r\n"
        "Connection: close\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n"
        f"X-Content-Type-Options: nosniff\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    sock.sendall(head.encode() + body)
