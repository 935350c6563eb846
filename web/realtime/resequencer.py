"""A resequencer: one channel's frames in order, each number once, whatever Redis did."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable

from web.realtime import metrics
from web.realtime.frames import Frame

GRACE_SECONDS = 0.03
"""Two workers may publish in the other order than they committed; the missing frame is most
likely a moment away, and waiting for it spares Postgres a question."""
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 5.0

Fill = Callable[[int, int], Iterable[Frame]]
"""Reads the frames after one number up to another. Raises Unreachable."""


class Unreachable(Exception):
    """Postgres or Redis does not answer right now."""


class Resequencer:
    """The numbered frames of one channel. `sent` is the last number taken."""

    def __init__(self, fill: Fill) -> None:
        self.sent = 0
        self.is_begun = False
        """Whether its member was found to be one who may follow it."""
        self.waiting: dict[int, Frame] = {}
        self._fill = fill
        self._known = 0
        self._fill_at: float | None = None
        self._pause = FIRST_PAUSE_SECONDS

    def begin(self, after: int) -> None:
        """Numbers up to `after` are somebody else's business; from here on they are ours."""
        self.sent, self.is_begun = after, True
        for seq in [seq for seq in self.waiting if seq <= after]:
            del self.waiting[seq]

    def put(self, frame: Frame) -> None:
        """Take a frame in, to be sent when its turn comes."""
        self._known = max(self._known, frame.seq)
        self.waiting[frame.seq] = frame

    def hint(self, last_id: int) -> bool:
        """Postgres has numbers up to `last_id`. True where some of them have not come."""
        is_news = last_id > max(self._known, self.sent)
        if is_news:
            self._known = last_id
        return is_news

    def in_order(self) -> list[Frame]:
        """Take the frames whose turn it is."""
        ready = []
        while (frame := self.waiting.pop(self.sent + 1, None)) is not None:
            self.sent += 1
            ready.append(frame)
        return ready

    def fill_at(self) -> float | None:
        """The moment to ask Postgres; None = nothing is missing."""
        if self._known <= self.sent:
            self._fill_at = None
        elif self._fill_at is None:
            self._fill_at = time.monotonic() + GRACE_SECONDS
        return self._fill_at

    def filled(self) -> list[Frame]:
        """Take what is missing from Postgres; nothing while it is away."""
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
