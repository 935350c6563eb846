"""What the HTTP server refuses before the application sees it, in the envelope of all answers."""

from __future__ import annotations

import json
import secrets
import socket
from datetime import UTC, datetime
from http import HTTPStatus

from web.envelope import VERSION
from web.errors import CODE_OF_STATUS


def write_refusal(sock: socket.socket, status: int, reason: str, message: str) -> None:  # noqa: ARG001
    """Answer and let gunicorn close the connection; in place of its page of HTML.

    What gunicorn has to say quotes the request, so it is left out; its log has it.
    """
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    code = CODE_OF_STATUS.get(status, f"http_{status}")
    error = {"code": code, "message": f"{HTTPStatus(status).phrase}.", "details": {}}
    meta = {"request_id": secrets.token_hex(16), "timestamp": now, "version": VERSION}
    body = json.dumps({"success": False, "data": None, "error": error, "meta": meta}).encode()
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
        "Connection: close\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n"
        f"X-Content-Type-Options: nosniff\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    sock.sendall(head.encode() + body)
