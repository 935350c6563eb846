"""What a websocket's opening request has to bring before anybody looks at its ticket."""

from __future__ import annotations

import base64
import binascii

from flask import Request, Response

from web.envelope import failure

VERSION = "13"
KEY_BYTES = 16
KEY_CHARS = 24


def refusal(request: Request) -> Response | None:
    """The answer to a request that opens no websocket we speak; None for one that does."""
    headers = request.headers
    if headers.get("Sec-WebSocket-Version", "").strip() != VERSION:
        response = failure(426, "upgrade_required", f"Only version {VERSION} of WebSocket.")
        response.headers["Sec-WebSocket-Version"] = VERSION
        response.headers["Upgrade"] = "websocket"
        return response
    if not _is_key(headers.get("Sec-WebSocket-Key", "").strip()):
        return failure(400, "bad_request", "Sec-WebSocket-Key must be 16 bytes in base64.")
    return None


def _is_key(text: str) -> bool:
    if len(text) != KEY_CHARS:
        return False
    try:
        return len(base64.b64decode(text, validate=True)) == KEY_BYTES
    except (binascii.Error, ValueError):
        return False
