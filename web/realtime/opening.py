"""The beginning of every connection: subscribe, read what was missed, greet, go on live."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

import gevent

from game.services.notices.reads import Page
from web.realtime import closing, reading
from web.realtime.admission import Refused, Visitor
from web.realtime.frames import Frame, unnumbered
from web.realtime.hub import Hub
from web.realtime.line import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, Line, Unreachable

GREETED_WITHIN_SECONDS = 30.0
LIFE_SECONDS = 3600.0
"""A connection comes back with a new ticket after an hour, so that nobody whom Whop no longer
lets in keeps listening: sessions are only renewed after asking Whop."""


@contextmanager
def joined(hub: Hub, visitor: Visitor) -> Iterator[Line]:
    """A line that receives everything published from now on. Raises Refused."""
    line = Line(visitor.grant, lambda first, last: reading.missing(visitor.grant, first, last))
    try:
        hub.join(line)
    except Unreachable as error:
        raise Refused(closing.RESTART) from error
    try:
        yield line
    finally:
        hub.leave(line)


def greet(line: Line, visitor: Visitor) -> list[Frame]:
    """The greeting and what the visitor missed; `line` goes on right behind it.

    The subscription stands already, so nothing can fall between the reading and the live frames.
    While Postgres is away this waits. Raises Refused when that takes too long.
    """
    page = _first_answer(line, visitor)
    is_complete = page.is_complete and not page.has_more
    hello = unnumbered(
        "connected", {"last_id": page.last_id, "complete": is_complete, "epoch": page.epoch}
    )
    line.epoch = page.epoch
    line.begin(page.last_id)
    if not is_complete:
        return [hello]
    return [hello, *(Frame(seq, text.encode()) for seq, text in page.notices)]


def life_seconds() -> float:
    """How long a connection may last; not the same for all, so that they do not return at once."""
    return LIFE_SECONDS * random.uniform(0.8, 1.0)  # noqa: S311 - spreads the load


def _first_answer(line: Line, visitor: Visitor) -> Page:
    until, pause = time.monotonic() + GREETED_WITHIN_SECONDS, FIRST_PAUSE_SECONDS
    while line.ending is None:
        try:
            page = reading.greeting(visitor.grant, visitor.after, visitor.epoch)
        except Unreachable as error:
            if time.monotonic() > until:
                raise Refused(closing.RESTART) from error
            gevent.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            continue
        if page is None:
            raise Refused(closing.SIGNED_OUT)
        return page
    raise Refused(line.ending)
