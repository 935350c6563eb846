"""Log lines that strangers can cause: one a second at most, and how many were left out.

Whoever sends a thousand bad requests shall not fill the disk with a thousand lines. The first is
told at once; those of the second after it are counted, and the last of them is told for all.
"""

from __future__ import annotations

import threading
from typing import Any

import structlog

SECONDS = 1.0


class Sampled:
    """Warns through `log`, for one kind of line. Any thread or greenlet may call it."""

    def __init__(self, log: structlog.stdlib.BoundLogger, seconds: float = SECONDS) -> None:
        self._log = log
        self._seconds = seconds
        self._lock = threading.Lock()
        self._is_resting = False
        self._held: tuple[str, dict[str, Any]] | None = None
        self._left_out = 0

    def warning(self, event: str, **fields: Any) -> None:
        """Tell it, or keep it for the line of all; `left_out` there says how many others were."""
        with self._lock:
            if self._is_resting:
                self._left_out += self._held is not None
                self._held = (event, fields)
                return
            self._rest()
        self._log.warning(event, **fields)

    def _rest(self) -> None:
        self._is_resting = True
        timer = threading.Timer(self._seconds, self._awake)
        timer.daemon = True
        timer.start()

    def _awake(self) -> None:
        with self._lock:
            held, left_out = self._held, self._left_out
            self._held, self._left_out, self._is_resting = None, 0, False
            if held is not None:
                self._rest()
        if held is not None:
            event, fields = held
            self._log.warning(event, **fields, left_out=left_out)
