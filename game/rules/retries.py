"""Exponential backoff: when a failed event is tried again, as a pure decision."""

from __future__ import annotations

from datetime import timedelta

WAITS = tuple(
    timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1_800, 7_200, 21_600, 43_200)
)
"""About 21 hours in all: long enough for a night's outage to be mended in the morning."""

CRASHES_ALLOWED = 3
"""Deaths of a worker with an event in its hands before the event is taken for the cause."""


def next_wait(attempts: int, spread: float) -> timedelta | None:
    """How long to wait after the `attempts`-th failure (1 = the first); None = give up.

    `spread` in [0, 1) comes from outside and moves the wait to between half and one and a half
    times its nominal length, so that what failed together does not come back together.
    """
    if attempts > len(WAITS):
        return None
    return WAITS[attempts - 1] * (0.5 + spread)
