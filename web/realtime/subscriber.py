"""The process's one subscription to Redis: a channel for each member and company it holds.

One connection for all sockets. It is made anew with back-off when it breaks, and whoever listens
is told, because what was published in between is gone.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Collection
from typing import Any, Protocol, cast

import gevent
import redis
import structlog
from gevent.event import Event

import settings
from game.services.platform import redis_client
from web.realtime import metrics
from web.realtime.resequencer import Unreachable

log = structlog.get_logger(__name__)

QUIET_SECONDS = 5.0
"""After this long without a word Redis is asked for one; after twice as long it is gone."""
STANDS_WITHIN_SECONDS = 3.0
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 5.0
CHANNELS_AT_ONCE = 500
TURN = 32
"""Messages handed on before the writers of the sockets get a turn, so that a burst does not
overrun their queues."""


class Connection(Protocol):
    """What is used of redis-py's connection, with types."""

    def connect(self) -> None: ...
    def disconnect(self) -> None: ...
    def send_command(self, *command: str, check_health: bool) -> None: ...
    def can_read(self, timeout: float) -> bool: ...
    def read_response(self) -> Any: ...


class Subscriber:
    """Hands every message of the subscribed channels to `deliver(channel, payload)`.

    `resubscribed` is called when all subscriptions stand again after a loss.
    """

    def __init__(
        self, deliver: Callable[[str, bytes], None], resubscribed: Callable[[], None]
    ) -> None:
        self._deliver = deliver
        self._resubscribed = resubscribed
        self._connection: Connection | None = None
        self._holders: dict[str, int] = {}
        self._unconfirmed: dict[str, int] = {}
        self._standing: dict[str, Event] = {}
        self._sending = threading.Lock()
        self._was_lost = False

    def hold(self, channel: str) -> None:
        """Return once messages of `channel` arrive here. Raise Unreachable if Redis is away."""
        self._holders[channel] = self._holders.get(channel, 0) + 1
        if self._holders[channel] == 1:
            self._standing[channel] = Event()
            self._subscribe([channel])
        if not self._standing[channel].wait(STANDS_WITHIN_SECONDS):
            self.release(channel)
            raise Unreachable("redis")

    def release(self, channel: str) -> None:
        """One holder less; the last one ends the subscription."""
        self._holders[channel] -= 1
        if not self._holders[channel]:
            del self._holders[channel], self._standing[channel]
            self._send("UNSUBSCRIBE", channel)

    def run(self) -> None:
        """Keep the subscription standing, for ever."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            began = time.monotonic()
            try:
                self._connect()
                self._listen()
            except (redis.RedisError, OSError) as error:
                log.warning("relay_lost_redis", error=repr(error)[:200])
            self._lose()
            if time.monotonic() - began > LONGEST_PAUSE_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            gevent.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads the load
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _connect(self) -> None:
        options = redis_client.options() | {"protocol": 2, "health_check_interval": 0}
        pool = redis.ConnectionPool.from_url(settings.current().redis_url, **options)
        connection = cast(Connection, pool.make_connection())
        connection.connect()
        self._connection = connection
        self._unconfirmed.clear()
        self._subscribe(list(self._holders))
        metrics.subscribed.set(1)

    def _subscribe(self, channels: Collection[str]) -> None:
        waiting = list(channels)
        for channel in waiting:
            self._unconfirmed[channel] = self._unconfirmed.get(channel, 0) + 1
        for start in range(0, len(waiting), CHANNELS_AT_ONCE):
            self._send("SUBSCRIBE", *waiting[start : start + CHANNELS_AT_ONCE])

    def _send(self, *command: str) -> None:
        """Send on the shared connection. A failure is the listener's to notice and mend."""
        connection = self._connection
        if connection is None:
            return
        try:
            with self._sending:
                connection.send_command(*command, check_health=False)
        except (redis.RedisError, OSError):
            connection.disconnect()

    def _listen(self) -> None:
        connection = self._connection
        if connection is None:
            return
        handed_on, asked = 0, False
        while True:
            if not connection.can_read(timeout=QUIET_SECONDS):
                if asked:
                    raise redis.TimeoutError("no answer to PING")
                asked = True
                self._send("PING")
                continue
            asked = False
            self._hear(connection.read_response())
            handed_on += 1
            if handed_on % TURN == 0:
                gevent.sleep(0)

    def _hear(self, message: list[bytes]) -> None:
        kind = message[0]
        if kind == b"message":
            metrics.received.inc()
            self._deliver(message[1].decode(), message[2])
        elif kind == b"subscribe":
            self._confirm(message[1].decode())

    def _confirm(self, channel: str) -> None:
        """The subscription stands once Redis has confirmed as often as we asked.

        A channel that was given up and taken again is confirmed twice, and between the two it
        does not deliver.
        """
        left = self._unconfirmed.pop(channel, 1) - 1
        if left:
            self._unconfirmed[channel] = left
            return
        if channel in self._standing:
            self._standing[channel].set()
        if self._was_lost and not self._unconfirmed:
            self._was_lost = False
            self._resubscribed()

    def _lose(self) -> None:
        if self._connection is not None:
            self._connection.disconnect()
            self._connection = None
            metrics.losses.inc()
        metrics.subscribed.set(0)
        self._was_lost = True
        for standing in self._standing.values():
            standing.clear()
