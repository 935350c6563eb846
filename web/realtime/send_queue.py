"""A bounded send queue with one writer: what still goes to one browser, of all its channels.

Whoever brings frames only drops them here and never waits. The one greenlet that owns the queue
takes them out; it alone goes to Postgres when a number is missing, so one slow browser or one
slow query holds up nobody else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial

from gevent.event import Event

from game.services.members.tickets import Grant
from models.outgoing import Channel
from web.realtime import closing
from web.realtime.frames import Frame
from web.realtime.resequencer import Resequencer

WRITE_SECONDS = 0.25
"""A write that takes longer is to a browser that does not read; what comes meanwhile is left to
Postgres."""
ROOM = 64
"""Frames that may wait for one browser, of all its channels together."""

Missing = Callable[[Channel, int, int], Iterable[Frame]]
"""Reads a channel's frames after one number up to another. Raises Unreachable."""


class SendQueue:
    """The frames of the channels that one browser follows, on their way to it."""

    def __init__(self, grant: Grant, channels: Iterable[Channel], missing: Missing) -> None:
        self.grant = grant
        self.sequences = {channel: Resequencer(partial(missing, channel)) for channel in channels}
        self.epoch = ""
        """The numbering the browser was greeted with; empty until then."""
        self.sending_since: float | None = None
        """Set by the owner while it writes to the network: only then can a browser be too slow."""
        self.ending: int | None = None
        """The code to close with; None while the connection is good."""
        self._others: list[Frame] = []
        self._news = Event()

    def begin(self, channel: Channel, after: int) -> None:
        """Numbers up to `after` are the greeting's business; from here on they are ours."""
        self.sequences[channel].begin(after)

    def offer(self, frame: Frame, channel: Channel | None = None) -> None:
        """Put a frame in; one with a number belongs to a channel. Known numbers are dropped."""
        if self.ending is not None:
            return
        sequence = self.sequences.get(channel) if channel is not None else None
        if frame.seq and (sequence is None or frame.seq <= sequence.sent):
            return
        if channel is not None and not frame.seq and sequence is not None and not sequence.is_begun:
            return  # how many follow a list is nothing for who may not be one of them
        if self._waiting() >= ROOM:
            self._overflow()
        if frame.seq and sequence is not None:
            sequence.put(frame)
        else:
            self._others.append(frame)
        self._news.set()

    def hint(self, channel: Channel, last_id: int) -> None:
        """Postgres has numbers up to `last_id`; those that have not come are fetched."""
        if self.sequences[channel].hint(last_id):
            self._news.set()

    def end(self, code: int) -> None:
        """Close the connection with `code`, as soon as the frame being sent is out."""
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
        fill_at, sequence = self._next_to_fill()
        wait = fill_at - time.monotonic()
        if sequence is not None and wait <= 0:
            return sequence.filled()
        self._news.wait(min(seconds, wait))
        return self._in_order()

    def _in_order(self) -> list[Frame]:
        ready, self._others = self._others, []
        for sequence in self.sequences.values():
            if sequence.waiting:
                ready += sequence.in_order()
        return ready

    def _next_to_fill(self) -> tuple[float, Resequencer | None]:
        """The channel that has waited longest for a missing number, and when to ask for it."""
        found: tuple[float, Resequencer | None] = (float("inf"), None)
        for sequence in self.sequences.values():
            at = sequence.fill_at()
            if at is not None and at < found[0]:
                found = (at, sequence)
        return found

    def _waiting(self) -> int:
        count = len(self._others)
        for sequence in self.sequences.values():
            count += len(sequence.waiting)
        return count

    def _overflow(self) -> None:
        """No room. A browser that does not read is cut; else Postgres has what is dropped here.

        A burst can overrun a queue whose owner has only not had its turn yet, or waits for
        Postgres: that is no fault of the browser.
        """
        since = self.sending_since
        if since is not None and time.monotonic() - since > WRITE_SECONDS:
            self.end(closing.TOO_SLOW)
        for sequence in self.sequences.values():
            sequence.waiting.clear()
        self._others.clear()
