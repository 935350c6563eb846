"""Who is connected to this process, and which frames go to whom."""

from __future__ import annotations

import random
import resource
import threading
from collections.abc import Callable, Iterator
from datetime import datetime

import gevent
import structlog
from gevent.event import Event

from game.services.members.tickets import Grant
from game.services.notices import channels
from web.realtime import closing, reading
from web.realtime.frames import Frame, of_member
from web.realtime.line import Line, Unreachable
from web.realtime.presence import Presence
from web.realtime.subscriber import Subscriber

log = structlog.get_logger(__name__)

MOST_CONNECTIONS = 1_800
"""Below gunicorn's `worker_connections`, so that health checks and refusals still get through."""
SPARE_FILES = 100
MOST_OF_MEMBER = 5
CHECK_SECONDS = 10.0
"""How often the numbers are compared with Postgres: the longest a lost frame stays lost."""
CHECK_MEMBERS = 1_000
"""Members compared by one statement."""


class Hub:
    """All lines of this process. Begins its work with the first of them."""

    def __init__(self) -> None:
        self._lines: dict[str, set[Line]] = {}
        self._count = 0
        self._begun = False
        self._beginning = threading.Lock()
        self._check_now = Event()
        self.is_stopping = False
        self._presence = Presence(lambda: ((c, len(self._lines[c])) for c in self._companies()))
        self._subscriber = Subscriber(self._deliver, self._check_now.set)
        self._room = min(MOST_CONNECTIONS, _open_files() - SPARE_FILES)

    def has_room(self) -> bool:
        """False when this process holds as many connections as it should, or is leaving."""
        return self._count < self._room and not self.is_stopping

    def has_room_for(self, grant: Grant) -> bool:
        """False when the member has enough connections open already."""
        return len(self._lines.get(_channel(grant), ())) < MOST_OF_MEMBER

    def join(self, line: Line) -> None:
        """Connect the line: once this returns, every frame published from now on reaches it.

        Raises Unreachable when Redis is away. Whoever joined has to `leave`.
        """
        self._begin()
        member, company = _channel(line.grant), channels.of_company(line.grant.company_id)
        self._subscriber.hold(member)
        try:
            self._subscriber.hold(company)
        except Unreachable:
            self._subscriber.release(member)
            raise
        self._lines.setdefault(member, set()).add(line)
        self._lines.setdefault(company, set()).add(line)
        self._count += 1
        if self.is_stopping:
            line.end(closing.RESTART)
        self._presence.changed(line.grant.company_id)

    def leave(self, line: Line) -> None:
        """Disconnect a line that joined."""
        self._count -= 1
        for channel in (_channel(line.grant), channels.of_company(line.grant.company_id)):
            self._lines[channel].discard(line)
            if not self._lines[channel]:
                del self._lines[channel]
            self._subscriber.release(channel)
        self._presence.changed(line.grant.company_id)

    def stop(self) -> None:
        """Tell everybody to come back later, with jitter."""
        self.is_stopping = True
        for line in self._all():
            line.end(closing.RESTART)

    def _begin(self) -> None:
        with self._beginning:
            if not self._begun:
                self._begun = True
                for work in (self._subscriber.run, self._check_for_ever, self._presence.run):
                    gevent.spawn(_for_ever, work)

    def _deliver(self, channel: str, payload: bytes) -> None:
        lines = self._lines.get(channel)
        if not lines:
            return
        is_company = channel.startswith(channels.of_company(""))
        frame = Frame(0, payload) if is_company else of_member(payload)
        if frame is None:
            log.warning("relay_unreadable_frame", channel=channel, length=len(payload))
            return
        for line in lines:
            line.offer(frame)

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
        keys = {(line.grant.company_id, line.grant.member_id) for line in self._all()}
        ordered = sorted(keys)
        for start in range(0, len(ordered), CHECK_MEMBERS):
            part = ordered[start : start + CHECK_MEMBERS]
            epoch, rows = reading.standings([key[0] for key in part], [key[1] for key in part])
            found = {(row[0], row[1]): row[2:] for row in rows}
            for key in part:
                self._compare(channels.of_member(*key), epoch, found.get(key))

    def _compare(
        self, channel: str, epoch: str, standing: tuple[int, bool, datetime | None] | None
    ) -> None:
        for line in tuple(self._lines.get(channel, ())):
            if standing is None or _is_signed_out(line.grant, standing[1], standing[2]):
                line.end(closing.SIGNED_OUT)
            elif line.epoch not in ("", epoch):
                line.end(closing.RESTART)  # a restored database counts anew: greet again
            else:
                line.hint(standing[0])

    def _all(self) -> list[Line]:
        return [line for company in self._companies() for line in self._lines[company]]

    def _companies(self) -> Iterator[str]:
        prefix = channels.of_company("")
        return iter([name for name in self._lines if name.startswith(prefix)])


def _channel(grant: Grant) -> str:
    return channels.of_member(grant.company_id, grant.member_id)


def _is_signed_out(grant: Grant, is_banned: bool, valid_from: datetime | None) -> bool:  # noqa: FBT001
    return is_banned or (valid_from is not None and grant.signed_in_at < valid_from)


def _for_ever(work: Callable[[], None]) -> None:
    """Begin again after a fault of ours: without these greenlets nothing arrives any more."""
    while True:
        try:
            work()
        except Exception:
            log.exception("relay_greenlet_failed")
        gevent.sleep(1.0)


def _open_files() -> int:
    """The most files this process may have open, after asking for what it is allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return wanted if soft == resource.RLIM_INFINITY else soft
