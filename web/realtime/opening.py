"""The beginning of every connection: subscribe, read what was missed, greet, go on live."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

import gevent

from game.services.notices import channels
from game.services.notices.channel_sources import Stretch
from models.outgoing import Channel
from web.realtime import closing, reading
from web.realtime.admission import Refused, Visitor
from web.realtime.frames import Frame, unnumbered
from web.realtime.hub import Hub
from web.realtime.resequencer import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, Unreachable
from web.realtime.send_queue import SendQueue

GREETED_WITHIN_SECONDS = 30.0
LIFE_SECONDS = 3600.0
"""A connection comes back with a new ticket after an hour, so that nobody whom Whop no longer
lets in keeps listening: sessions are only renewed after asking Whop."""


@contextmanager
def joined(hub: Hub, visitor: Visitor) -> Iterator[SendQueue]:
    """A send queue that receives everything published from now on. Raises Refused."""
    queue = SendQueue(visitor.grant, [one.channel for one in visitor.cursors], reading.missing)
    try:
        hub.join(queue)
    except Unreachable as error:
        raise Refused(closing.RESTART) from error
    try:
        yield queue
    finally:
        hub.leave(queue)
        visitor.place.leave()


def greet(hub: Hub, queue: SendQueue, visitor: Visitor) -> list[Frame]:
    """For each channel its greeting and what the visitor missed; `queue` goes on right behind it.

    The subscriptions stand already, so nothing can fall between the reading and the live frames.
    While Postgres is away this waits. Raises Refused when that takes too long.
    """
    found = _first_answer(queue, visitor)
    frames: list[Frame] = []
    for cursor in visitor.cursors:
        stretch = found.get(cursor.channel)
        if stretch is None:
            hub.drop(queue, cursor.channel)
        elif cursor.channel in queue.sequences:
            queue.epoch = stretch.epoch
            queue.begin(cursor.channel, stretch.last_id)
            frames += _greeting(cursor.channel, stretch)
    return frames


def _greeting(channel: Channel, stretch: Stretch) -> list[Frame]:
    is_complete = stretch.is_complete and not stretch.has_more
    data = {"last_id": stretch.last_id, "complete": is_complete, "epoch": stretch.epoch}
    hello = unnumbered(channel, "connected", data)
    missed = reading.as_frames(channel, stretch.entries) if is_complete else []
    return [hello, *missed]


def life_seconds() -> float:
    """How long a connection may last; not the same for all, so that they do not return at once."""
    return LIFE_SECONDS * random.uniform(0.8, 1.0)  # noqa: S311 - spreads the load


def _first_answer(queue: SendQueue, visitor: Visitor) -> dict[Channel, Stretch]:
    """What each channel has for the visitor; those they may not follow are left out."""
    until, pause = time.monotonic() + GREETED_WITHIN_SECONDS, FIRST_PAUSE_SECONDS
    while queue.ending is None:
        try:
            found = reading.stretches(visitor.grant, visitor.cursors)
        except Unreachable as error:
            if time.monotonic() > until:
                raise Refused(closing.RESTART) from error
            gevent.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            continue
        if channels.of_member(visitor.grant.company_id, visitor.grant.member_id) not in found:
            raise Refused(closing.SIGNED_OUT)
        return found
    raise Refused(queue.ending)
