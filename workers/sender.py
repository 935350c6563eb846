"""Carries what was noted in a transaction once it is committed, without making anybody wait.

Three background threads per process, for the broker, for frames and for scores, so that a frozen
broker does not hold up the browsers, nor boards what they tell. Nothing is tried twice: what is not
carried is counted, and found again in Postgres by `legends poll` and by jobs. Under gevent the
threads are greenlets.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from celery import Celery

from game.services.boards import live
from game.services.notices import frames
from models.outgoing import Frames, Message, RunTask, Scores, Wake
from models.passing import is_passing
from workers import wake
from workers.metrics import SENDING_FAILED

log = structlog.get_logger(__name__)

ROOM = 10_000
"""Messages that may wait for a slow broker before new ones are left to the poller."""
BETWEEN_WAKES_SECONDS = 0.02
"""A process sends at most 50 wake-ups a second, whatever it accepts."""


class Carrier:
    """One background thread that hands batches of what it is given to `carry`."""

    def __init__(self, name: str, carry: Callable[[list[Any]], object], room: int = ROOM) -> None:
        self._name = name
        self._carry = carry
        self._waiting: queue.Queue[Any] = queue.Queue(room)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def give(self, item: Any) -> None:
        """Take the item over at once. A full queue drops it and counts it."""
        try:
            self._waiting.put_nowait(item)
        except queue.Full:
            SENDING_FAILED.labels(self._name).inc()
        if self._thread is None:
            self._begin()

    def flush(self, seconds: float) -> bool:
        """Wait until everything given so far is carried. False when the time was not enough."""
        until = time.monotonic() + seconds
        while self._waiting.unfinished_tasks:
            if time.monotonic() > until:
                return False
            time.sleep(0.005)
        return True

    def _begin(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            items = [self._waiting.get()]
            while not self._waiting.empty():
                items.append(self._waiting.get_nowait())
            try:
                self._carry(items)
            except Exception as error:  # noqa: BLE001 - Postgres still knows; go on
                SENDING_FAILED.labels(self._name).inc(len(items))
                level = logging.WARNING if is_passing(error) else logging.ERROR
                log.log(level, "not_carried", carrier=self._name, error=repr(error)[:200])
            for _ in items:
                self._waiting.task_done()


class Sender:
    """What a process registers with `models.session.register_sender`. Safe over a fork."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._pid = 0
        self._renew()

    def __call__(self, messages: Sequence[Message]) -> None:
        """Take the messages over; returns at once."""
        if self._pid != os.getpid():
            self._renew()
        for message in messages:
            if isinstance(message, Frames):
                self._frames.give(message)
            elif isinstance(message, RunTask):
                self._broker.give(message)
            elif isinstance(message, Scores):
                self._scores.give(message)
            elif not self._wake_noted.is_set():
                self._wake_noted.set()
                self._broker.give(message)

    def flush(self, seconds: float = 1.0) -> bool:
        """Give the threads a moment to finish, as before the process ends."""
        carriers = (self._broker, self._frames, self._scores)
        done = [carrier.flush(seconds) for carrier in carriers]
        return all(done)

    def _renew(self) -> None:
        """Threads do not survive a fork: begin with empty hands in the child."""
        self._pid = os.getpid()
        self._wake_noted = threading.Event()
        self._waker = wake.Waker(self._app)
        self._broker = Carrier("broker", self._to_broker)
        self._frames = Carrier("frames", frames.publish)
        self._scores = Carrier("scores", live.carry)
        self._last_wake = 0.0

    def _to_broker(self, messages: list[Message]) -> None:
        for message in messages:
            if isinstance(message, RunTask):
                self._app.send_task(message.name, kwargs=dict(message.arguments), retry=False)
            elif isinstance(message, Wake):
                self._wake()

    def _wake(self) -> None:
        time.sleep(max(0.0, self._last_wake + BETWEEN_WAKES_SECONDS - time.monotonic()))
        self._last_wake = time.monotonic()
        # Forget the note before looking at the queue: who commits from here on notes a new one.
        self._wake_noted.clear()
        self._waker.wake()
