"""The codes a live connection is closed with, as clients know them."""

from __future__ import annotations

from collections.abc import Mapping

RESTART = 1012
"""The server goes away or its numbers begin anew; come back with jitter."""
BAD_TICKET = 4001
FOREIGN_ORIGIN = 4003
TOO_SLOW = 4008
SIGNED_OUT = 4401
"""The member was banned, erased, or all their sessions were ended."""

REASONS: Mapping[int, str] = {
    RESTART: "restart",
    BAD_TICKET: "bad ticket",
    FOREIGN_ORIGIN: "foreign origin",
    TOO_SLOW: "too slow",
    SIGNED_OUT: "signed out",
}
