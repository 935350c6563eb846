"""One browser's line: what still goes to it, in order, each number once, whatever Redis did.

Whoever brings frames only drops them here and never waits. The one greenlet that owns the line
takes them out; it alone goes to Postgres when a number is missing, so one slow browser or one
slow query holds up nobody else.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable

from gevent.event import Event

from game.services.members.tickets import Grant
from web.realtime import closing, metrics
from web.realtime.frames import Frame

ROOM = 64
"""Frames that may wait for one browser."""
GRACE_SECONDS = 0.03
"""Two workers may publish in the other order than they committed; the missing frame is most
likely a moment away, and waiting for it spares Postgres a question."""
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 5.0

Fill = Callable[[int, int], Iterable[Frame]]
"""Reads the frames after one number up to another. Raises Unreachable."""


class Unreachable(Exception):
    """Postgres or Redis does not answer right now."""


class Line:
    """The frames of one member on their way to one browser. `sent` is the last number taken."""

    def __init__(self, grant: Grant, fill: Fill) -> None:
        self.grant = grant
        self.sent = 0
        self.epoch = ""
        """The numbering the browser was greeted with; empty until then."""
        self.is_sending = False
        """Set by the owner while it writes to the network: only then can a browser be too slow."""
        self.ending: int | None = None
        """The code to close with; None while the line is good."""
        self._fill = fill
        self._known = 0
        self._numbered: dict[int, Frame] = {}
        self._others: list[Frame] = []
        self._fill_at: float | None = None
        self._pause = FIRST_PAUSE_SECONDS
        self._news = Event()

    def begin(self, after: int) -> None:
        """Numbers up to `after` are the greeting's business; from here on they are the line's."""
        self.sent = after
        for seq in [seq for seq in self._numbered if seq <= after]:
            del self._numbered[seq]

    def offer(self, frame: Frame) -> None:
        """Put a frame in. Known numbers are dropped."""
        if self.ending is not None or 0 < frame.seq <= self.sent:
            return
        if len(self._numbered) + len(self._others) >= ROOM:
            self._overflow()
        if frame.seq:
            self._known = max(self._known, frame.seq)
            self._numbered[frame.seq] = frame
        else:
            self._others.append(frame)
        self._news.set()

    def hint(self, last_id: int) -> None:
        """Postgres has numbers up to `last_id`; those that have not come are fetched."""
        if last_id > max(self._known, self.sent):
            self._known = last_id
            self._news.set()

    def end(self, code: int) -> None:
        """Close the line with `code`, as soon as the frame being sent is out."""
        if self.ending is None:
            self.ending = code
            self._news.set()

    def wake(self) -> None:
        """Make `take` return: something else than a frame needs its owner."""
        self._news.set()

    def take(self, seconds: float) -> list[Frame]:
        """The frames to send now, in order. Empty: nothing in `seconds`, or woken, or ended."""
        self._news.clear()
        ready = self._in_order()
        if ready or self.ending is not None:
            return ready
        wait = self._seconds_to_fill()
        if wait is not None and wait <= 0:
            return self._filled()
        self._news.wait(seconds if wait is None else min(seconds, wait))
        return self._in_order()

    def _in_order(self) -> list[Frame]:
        ready, self._others = self._others, []
        while (frame := self._numbered.pop(self.sent + 1, None)) is not None:
            self.sent += 1
            ready.append(frame)
        return ready

    def _seconds_to_fill(self) -> float | None:
        """When to ask Postgres; None = nothing is missing."""
        if self._known <= self.sent:
            self._fill_at = None
            return None
        now = time.monotonic()
        if self._fill_at is None:
            self._fill_at = now + GRACE_SECONDS
        return self._fill_at - now

    def _filled(self) -> list[Frame]:
        upto = self._known
        try:
            ready = list(self._fill(self.sent, upto))
        except Unreachable:
            self._rest()
            return []
        self._pause, self._fill_at = FIRST_PAUSE_SECONDS, None
        metrics.fills.inc()
        # An empty answer means those numbers are no longer kept: do not ask for them for ever.
        self.begin(ready[-1].seq if ready else upto)
        return ready

    def _rest(self) -> None:
        """Postgres is away: the socket stays, the question comes again, later each time."""
        self._fill_at = time.monotonic() + self._pause * random.uniform(0.5, 1.0)  # noqa: S311
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)

    def _overflow(self) -> None:
        """No room. A browser that does not read is cut; else Postgres has what is dropped here.

        A burst can overrun a line whose owner has only not had its turn yet, or waits for
        Postgres: that is no fault of the browser.
        """
        if self.is_sending:
            self.end(closing.TOO_SLOW)
        self._numbered.clear()
        self._others.clear()
