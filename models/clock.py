"""What time it is: Postgres's clock, as this process knows it without asking each time.

The time of record is Postgres's, so that a machine whose clock is wrong dates nothing wrongly and
begins nothing early. Every transaction hears that clock in its first round trip; between two of
them a clock that nobody sets counts on. The answer lags behind Postgres by the time its last word
took to get here, and is never ahead of it.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

from models.passing import Unavailable

GOOD_SECONDS = 30.0
"""How long what was heard is counted on from: two clocks that run part by less than a
millisecond in it, and a machine that slept is noticed after it."""
NOW = "SELECT clock_timestamp()"


def _ticks() -> float:
    """Seconds of a clock that nobody sets and that, where there is such a one, counts in sleep."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


class Clock:
    """One server's clock, heard now and then. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._heard: tuple[datetime, float] | None = None

    def hear(self, moment: datetime) -> datetime:
        """Take note of what Postgres has just said; the same moment in UTC.

        Of what is still good the word counts that took the shorter way: it is the later one.
        """
        moment, ticks = moment.astimezone(UTC), _ticks()
        with self._lock:
            if self._heard is not None:
                was, at = self._heard
                if ticks - at < GOOD_SECONDS and moment < was + timedelta(seconds=ticks - at):
                    return moment
            self._heard = moment, ticks
        return moment

    def told(self, *, good: bool = True) -> datetime | None:
        """The present as counted on; None where nothing (with `good`: nothing fresh) was heard."""
        with self._lock:
            heard = self._heard
        if heard is None:
            return None
        moment, at = heard
        gone = _ticks() - at
        return None if good and gone >= GOOD_SECONDS else moment + timedelta(seconds=gone)

    def forget(self) -> None:
        """Know nothing again, as of another server."""
        with self._lock:
            self._heard = None


_clock = Clock()
hear = _clock.hear
forget = _clock.forget


def now() -> datetime:
    """The present by Postgres's clock, in UTC; asks it where nothing was heard for 30 s.

    Raises Unavailable in a process that has never heard it and cannot ask.
    """
    told = _clock.told()
    if told is not None:
        return told
    from models.one_shot import one_shot  # noqa: PLC0415 - it knows the clock from transactions

    try:
        return _clock.hear(one_shot(NOW, ())[0][0])
    except Unavailable:
        told = _clock.told(good=False)
        if told is None:
            raise
        return told


def estimate() -> datetime:
    """The present without ever asking: Postgres's clock where it was heard, else the machine's.

    For ages on a dashboard and for what has to go on while Postgres is away; nothing of record.
    """
    return _clock.told(good=False) or datetime.now(UTC)  # noqa: TID251 - the last resort
