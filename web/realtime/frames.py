"""One frame on its way to many browsers: its text once, its bytes for each transport once."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Mapping
from typing import Any

_LEADING_ID = re.compile(rb'\{"id": ?([0-9]{1,18})[,}]')
FINAL_TEXT = 0x81
SHORT, MEDIUM = 125, 65_535


class Frame:
    """A message for browsers. `seq` is the member's number of it; 0 = it has none.

    A server's websocket frame is not masked, and compression is never agreed on (see `wire`), so
    the same bytes serve every socket.
    """

    __slots__ = ("_for_socket", "_for_sse", "seq", "text")

    def __init__(self, seq: int, text: bytes) -> None:
        self.seq = seq
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
        """One server-sent event; its id is the number, where it has one."""
        if not self._for_sse:
            number = b"id: %d\n" % self.seq if self.seq else b""
            self._for_sse = number + b"data: " + self.text + b"\n\n"
        return self._for_sse


def of_member(payload: bytes) -> Frame | None:
    """The frame published to one member; None for what is no frame."""
    head = _LEADING_ID.match(payload)
    if head:
        return Frame(int(head[1]), payload)
    try:
        seq = json.loads(payload)["id"]
    except (ValueError, KeyError, TypeError):
        return None
    return Frame(seq, payload) if type(seq) is int and seq > 0 else None


def unnumbered(kind: str, data: Mapping[str, Any]) -> Frame:
    """A frame of the relay's own, such as the greeting."""
    return Frame(0, json.dumps({"type": kind, "data": data}).encode())


def _head(length: int) -> bytes:
    if length <= SHORT:
        return struct.pack("!BB", FINAL_TEXT, length)
    if length <= MEDIUM:
        return struct.pack("!BBH", FINAL_TEXT, 126, length)
    return struct.pack("!BBQ", FINAL_TEXT, 127, length)
