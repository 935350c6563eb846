"""Wait for something to become true, with a limit; for what other processes do in their time."""

from __future__ import annotations

import time
from collections.abc import Callable

POLL_SECONDS = 0.05


def eventually(happened: Callable[[], bool], seconds: float = 20.0) -> bool:
    """True as soon as it happened, False when it has not within the limit."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if happened():
            return True
        time.sleep(POLL_SECONDS)
    return happened()
