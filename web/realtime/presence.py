"""How many connections a company or a guild has open in all processes, told to all of them.

Each process keeps its own count in a hash of the channel; a count that was not renewed for a
while belongs to a process that died. Losing a frame of this costs nothing: the next one is whole.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator

import gevent
import redis
import structlog
from gevent.event import Event

from game.services.notices import channels
from game.services.platform.redis_client import client
from models import clock

log = structlog.get_logger(__name__)

BETWEEN_SECONDS = 1.0
CONNECTIONS_A_SECOND = 1_000
"""A crowd is told more rarely: at most about so many presence frames a second per company."""
RENEWED_SECONDS = 30.0
DEAD_AFTER_SECONDS = 90.0

Counts = Callable[[], Iterator[tuple[str, int]]]
"""(Redis channel of a company or of a list that it tells presence of, connections here)."""


class Presence:
    """Notes which channels changed; its own greenlet counts and tells, at most once a second."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._process = secrets.token_hex(6)
        self._changed: set[str] = set()
        self._told: dict[str, tuple[float, int]] = {}
        self._news = Event()

    def changed(self, *names: str) -> None:
        """A connection of these Redis channels came or went."""
        self._changed.update(names)
        self._news.set()

    def run(self) -> None:
        """Tell changes for ever, and renew every count now and then."""
        while True:
            self._news.wait(RENEWED_SECONDS)
            self._news.clear()
            counts = dict(self._counts())
            for channel in self._due(counts):
                self._tell(channel, counts.get(channel, 0))
            if self._changed:
                self._news.set()
            gevent.sleep(BETWEEN_SECONDS)

    def _due(self, counts: dict[str, int]) -> list[str]:
        """The channels to tell now: those that changed and rested, and those to be renewed."""
        now = time.monotonic()
        due = []
        for channel in self._changed | set(counts):
            at, online = self._told.get(channel, (0.0, 0))
            rest = max(BETWEEN_SECONDS, online / CONNECTIONS_A_SECOND)
            if now - at >= (rest if channel in self._changed else RENEWED_SECONDS):
                due.append(channel)
        return due

    def _tell(self, channel: str, count: int) -> None:
        self._changed.discard(channel)
        try:
            online = self._exchange(channel, count)
        except redis.RedisError as error:
            log.warning("presence_not_told", error=repr(error)[:200])
            return
        if count:
            self._told[channel] = (time.monotonic(), online)
        else:
            self._told.pop(channel, None)

    def _exchange(self, channel: str, count: int) -> int:
        """Store our count, sum up all living ones, and publish the sum."""
        key = channels.presence_key(channel)
        now = int(clock.estimate().timestamp())
        with client().pipeline(transaction=False) as pipeline:
            if count:
                pipeline.hset(key, self._process, f"{count}@{now}")
            else:
                pipeline.hdel(key, self._process)
            pipeline.expire(key, int(DEAD_AFTER_SECONDS * 2))
            pipeline.hgetall(key)
            counts: dict[bytes, bytes] = pipeline.execute()[-1]
        online = 0
        for value in counts.values():
            number, _, at = value.partition(b"@")
            if now - int(at) <= DEAD_AFTER_SECONDS:
                online += int(number)
        place = {"channel": name} if (name := channels.name_in_redis(channel)) else {}
        told = {"type": "presence", **place, "data": {"online": online}}
        client().publish(channel, json.dumps(told))
        return online
