"""Refusals: the game saying no. Part of play, not alarms; each has a stable code."""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):
    """Nothing was done, and `code` says why. `details` holds ids and numbers for the client."""

    def __init__(
        self, code: str, message: str, details: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = dict(details or {})
