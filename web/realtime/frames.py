"""One frame on its way to many browsers: its text once, its bytes for each transport once."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Mapping
from typing import Any

from game.services.notices import channels
from models.outgoing import Channel

_LEADING_ID = re.compile(rb'\{"id": ?([0-9]{1,18})[,}]')
PRESENCE = b'{"type": "presence"'
"""The beginning of the one kind of frame without a number that a list carries."""
FINAL_TEXT = 0x81
SHORT, MEDIUM = 125, 65_535


class Frame:
    """A message for browsers. `seq` is its channel's number of it; 0 = it has none.

    `is_own`: of the member's own channel. Only such a number is an event stream's `id`, which a
    browser sends back alone.

    A server's websocket frame is not masked, and compression is never agreed on (see `wire`), so
    the same bytes serve every socket.
    """

    __slots__ = ("_for_socket", "_for_sse", "is_own", "seq", "text")

    def __init__(self, seq: int, text: bytes, *, is_own: bool = True) -> None:
        self.seq = seq
        self.is_own = is_own
        self.text = text
        self._for_socket = b""
        self._for_sse = b""

    @property
    def for_socket(self) -> bytes:
        """One whole websocket text frame."""
        if not self._for_socket:
            self._for_socket = _head(len(self.text)) + self.text
        return self._for_socket

    @property
    def for_sse(self) -> bytes:
        """One server-sent event; its id is the number in the member's own channel."""
        if not self._for_sse:
            number = b"id: %d\n" % self.seq if self.seq and self.is_own else b""
            self._for_sse = number + b"data: " + self.text + b"\n\n"
        return self._for_sse


def numbered(channel: Channel, payload: bytes) -> Frame | None:
    """The frame published to a channel; None for what is no frame."""
    is_own = channel.kind == channels.OWN
    head = _LEADING_ID.match(payload)
    if head:
        return Frame(int(head[1]), payload, is_own=is_own)
    if payload.startswith(PRESENCE):
        return Frame(0, payload, is_own=is_own)
    try:
        seq = json.loads(payload)["id"]
    except (ValueError, KeyError, TypeError):
        return None
    return Frame(seq, payload, is_own=is_own) if type(seq) is int and seq > 0 else None


def unnumbered(channel: Channel, kind: str, data: Mapping[str, Any]) -> Frame:
    """A frame of the relay's own about a channel, such as the greeting."""
    name = channels.name(channel)
    place = {"channel": name} if name else {}
    return Frame(0, json.dumps({"type": kind, **place, "data": data}).encode())


def _head(length: int) -> bytes:
    if length <= SHORT:
        return struct.pack("!BB", FINAL_TEXT, length)
    if length <= MEDIUM:
        return struct.pack("!BBH", FINAL_TEXT, 126, length)
    return struct.pack("!BBQ", FINAL_TEXT, 127, length)
