"""Publish and subscribe inside this process: who is connected, and which frames go to whom."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator

import gevent
import structlog
from gevent.event import Event

from game.services.members.tickets import Grant
from game.services.notices import channels
from game.services.notices.channel_sources import Follower
from models.outgoing import Channel
from web import descriptors
from web.realtime import closing, reading
from web.realtime.frames import Frame, numbered, unnumbered
from web.realtime.places import Place, Places
from web.realtime.presence import Presence
from web.realtime.resequencer import Unreachable
from web.realtime.send_queue import SendQueue
from web.realtime.subscriber import Subscriber

log = structlog.get_logger(__name__)

MOST_CONNECTIONS = 1_800
"""Below gunicorn's `worker_connections`, so that health checks and refusals still get through."""
CHECK_SECONDS = 10.0
"""How often the numbers are compared with Postgres: the longest a lost frame stays lost."""
CHECK_QUEUES = 1_000
"""Lines compared by one statement."""


class Hub:
    """All send queues of this process. Begins its work with the first of them."""

    def __init__(self) -> None:
        self._queues: dict[str, set[SendQueue]] = {}
        """By Redis channel: of each company, and of each channel that a queue follows."""
        self._channels: dict[str, Channel] = {}
        """Whose frames a Redis channel carries; a company's is not among them."""
        self._begun = False
        self._beginning = threading.Lock()
        self._check_now = Event()
        self.is_stopping = False
        self._presence = Presence(lambda: ((c, len(self._queues[c])) for c in self._told_of()))
        self._subscriber = Subscriber(self._deliver, self._check_now.set)
        self._places = Places(descriptors.room_for(MOST_CONNECTIONS))

    def take_place(self) -> Place | None:
        """A place for one more connection; None when there are enough, or this process leaves."""
        return None if self.is_stopping else self._places.take()

    def join(self, queue: SendQueue) -> None:
        """Connect the queue: once this returns, every frame published from now on reaches it.

        Raises Unreachable when Redis is away. Whoever joined has to `leave`.
        """
        self._begin()
        held: list[str] = []
        try:
            for name in _names(queue):
                self._subscriber.hold(name)
                held.append(name)
        except Unreachable:
            for name in held:
                self._subscriber.release(name)
            raise
        for name in held:
            self._queues.setdefault(name, set()).add(queue)
        self._channels |= {channels.in_redis(channel): channel for channel in queue.sequences}
        if self.is_stopping:
            queue.end(closing.RESTART)
        self._presence.changed(*_telling(queue))

    def leave(self, queue: SendQueue) -> None:
        """Disconnect a queue that joined."""
        for name in _names(queue):
            self._let_go(queue, name)
        self._presence.changed(*_telling(queue))

    def drop(self, queue: SendQueue, channel: Channel) -> None:
        """End a channel of a queue, which its member may not follow, and say so. Twice is once."""
        if self._let_go(queue, channels.in_redis(channel)):
            del queue.sequences[channel]
            self._presence.changed(channels.in_redis(channel))
            queue.offer(unnumbered(channel, "disconnected", {}))

    def stop(self) -> None:
        """Tell everybody to come back later, with jitter."""
        self.is_stopping = True
        for queue in self._all():
            queue.end(closing.RESTART)

    def _begin(self) -> None:
        with self._beginning:
            if not self._begun:
                self._begun = True
                for work in (self._subscriber.run, self._check_for_ever, self._presence.run):
                    gevent.spawn(_for_ever, work)

    def _let_go(self, queue: SendQueue, name: str) -> bool:
        """False where the queue holds the Redis channel no more.

        It may leave while Postgres is asked, and be dropped from a channel while it leaves.
        """
        queues = self._queues.get(name, set())
        if queue not in queues:
            return False
        queues.remove(queue)
        if not queues:
            del self._queues[name]
            self._channels.pop(name, None)
        self._subscriber.release(name)
        return True

    def _deliver(self, name: str, payload: bytes) -> None:
        queues = self._queues.get(name)
        if not queues:
            return
        channel = self._channels.get(name)
        frame = Frame(0, payload) if channel is None else numbered(channel, payload)
        if frame is None:
            log.warning("relay_unreadable_frame", channel=name, length=len(payload))
            return
        for queue in queues:
            queue.offer(frame, channel)

    def _check_for_ever(self) -> None:
        """Compare now and then, and at once after Redis came back."""
        while True:
            self._check_now.wait(CHECK_SECONDS * random.uniform(0.8, 1.0))  # noqa: S311
            self._check_now.clear()
            try:
                self._check()
            except Unreachable:
                log.warning("relay_cannot_compare")
                gevent.sleep(1.0)
                self._check_now.set()

    def _check(self) -> None:
        queues = self._all()
        for start in range(0, len(queues), CHECK_QUEUES):
            part = queues[start : start + CHECK_QUEUES]
            found = reading.compare({one for queue in part for one in _followers(queue)})
            for queue in part:
                self._compare(queue, found)

    def _compare(self, queue: SendQueue, found: reading.Comparison) -> None:
        if _is_signed_out(queue.grant, found):
            queue.end(closing.SIGNED_OUT)
        elif queue.epoch not in ("", found.epoch):
            queue.end(closing.RESTART)  # a restored database counts anew: greet again
        else:
            for follower in _followers(queue):
                last_id = found.newest.get(follower)
                if last_id is None:
                    self.drop(queue, follower.channel)
                else:
                    queue.hint(follower.channel, last_id)

    def _all(self) -> list[SendQueue]:
        return [queue for company in self._companies() for queue in self._queues[company]]

    def _told_of(self) -> Iterator[str]:
        """The Redis channels whose presence is told: companies, and lists of several members."""
        own = {name for name, of in self._channels.items() if of.kind == channels.OWN}
        return iter([name for name in self._queues if name not in own])

    def _companies(self) -> Iterator[str]:
        prefix = channels.of_company("")
        return iter([name for name in self._queues if name.startswith(prefix)])


def _names(queue: SendQueue) -> list[str]:
    """The Redis channels a queue needs: its company's, and one for each channel it follows."""
    followed = [channels.in_redis(channel) for channel in queue.sequences]
    return [*followed, channels.of_company(queue.grant.company_id)]


def _telling(queue: SendQueue) -> list[str]:
    """Those of them that are told how many follow."""
    own = {channels.in_redis(one) for one in queue.sequences if one.kind == channels.OWN}
    return [name for name in _names(queue) if name not in own]


def _followers(queue: SendQueue) -> list[Follower]:
    return [Follower(channel, queue.grant.member_id) for channel in queue.sequences]


def _is_signed_out(grant: Grant, found: reading.Comparison) -> bool:
    """Whether the member is gone or banned, or all their sessions ended since this one began."""
    member = found.members.get((grant.company_id, grant.member_id))
    if member is None:
        return True
    is_banned, valid_from = member
    return is_banned or (valid_from is not None and grant.signed_in_at < valid_from)


def _for_ever(work: Callable[[], None]) -> None:
    """Begin again after a fault of ours: without these greenlets nothing arrives any more."""
    while True:
        try:
            work()
        except Exception:
            log.exception("relay_greenlet_failed")
        gevent.sleep(1.0)
