"""A watchdog, the parent of a Celery worker: starts it anew when it dies or only seems alive.

A worker whose link to the broker is half open looks healthy and takes nothing. So the parent
sends it a heartbeat task through a queue only it consumes, and looks for the answer in Postgres.
Each answer is a sign of life of this part. On the way it takes away what dead programs left.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from celery import Celery

from cli.environment import python
from cli.local.processes import kill_group, leave_with_parent
from game.services.scheduled import heartbeats
from workers import alive, leftovers
from workers.deadline import deadline
from workers.guards import REFUSED
from workers.queues import own_queue

log = structlog.get_logger(__name__)

ASK_SECONDS = 10.0
SILENT_SECONDS = 60.0
"""A worker that answers nothing for this long while it is asked is ended and started again."""
LEAVE_SECONDS = 25.0
STEADY_SECONDS = 60.0
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
TICK_SECONDS = 0.2
TIDY_SECONDS = 60.0


@dataclass
class Pulse:
    """Whether a worker answers. It is judged only while broker and Postgres both answer us."""

    node: str
    ask: Callable[[], None]
    heard: Callable[[], datetime | None]
    noted: Callable[[], None] = lambda: None
    """Called at each answer, and while a server that is away keeps us from hearing one."""
    asked_at: float = 0.0
    quiet_since: float = 0.0
    newest: datetime | None = None

    def begin(self, now: float) -> None:
        """The worker has just been started: it has its full time to answer."""
        self.quiet_since = self.asked_at = now

    def is_silent(self, now: float) -> bool:
        """Ask again when it is time; True when the worker owes an answer for too long."""
        if now - self.asked_at < ASK_SECONDS:
            return False
        self.asked_at = now
        try:
            newest = self.heard()
            self.ask()
        except Exception as error:  # noqa: BLE001 - whatever failed, it was not the worker
            log.warning("worker_not_judged", error=type(error).__name__)
            self.quiet_since = now
            self.noted()
            return False
        if newest != self.newest:
            self.newest, self.quiet_since = newest, now
            self.noted()
        return now - self.quiet_since > SILENT_SECONDS


@dataclass
class Watchdog:
    """One worker process under watch."""

    command: tuple[str, ...]
    pulse: Pulse
    tidy: Callable[[], object] = lambda: None
    stopping: bool = False
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    tidied_at: float = field(default=0.0, init=False)

    def run(self) -> int:
        """Keep the worker running until we are asked to stop; the exit code for our parent."""
        pause = FIRST_PAUSE_SECONDS
        while not self.stopping:
            began = time.monotonic()
            code = self._run_once()
            if self.stopping or code == REFUSED:
                return 0 if self.stopping else code
            lived = time.monotonic() - began
            pause = FIRST_PAUSE_SECONDS if lived > STEADY_SECONDS else pause
            log.error("worker_ended", exit_code=code, lived_seconds=round(lived, 1), pause=pause)
            self._rest(pause)
            pause = min(LONGEST_PAUSE_SECONDS, pause * 2)
        return 0

    def ask_to_stop(self) -> None:
        """Let the worker finish what it is at. For signal handlers."""
        self.stopping = True
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGTERM)

    def _run_once(self) -> int:
        parent = os.getpid()
        self.process = subprocess.Popen(
            self.command,
            start_new_session=True,
            preexec_fn=lambda: leave_with_parent(signal.SIGTERM, parent),  # noqa: PLW1509
        )
        self.pulse.begin(time.monotonic())
        until = 0.0
        while self.process.poll() is None:
            now = time.monotonic()
            if self.stopping:
                until = until or now + LEAVE_SECONDS
                if now > until:
                    log.error("worker_did_not_leave")
                    kill_group(self.process.pid)
            elif self.pulse.is_silent(now):
                log.error("worker_silent", node=self.pulse.node, seconds=SILENT_SECONDS)
                kill_group(self.process.pid)
            elif now - self.tidied_at > TIDY_SECONDS:
                self.tidied_at = now
                self._tidy()
            time.sleep(TICK_SECONDS)
        kill_group(self.process.pid)  # children of the pool that outlived their leader
        return self.process.wait()

    def _tidy(self) -> None:
        try:
            self.tidy()
        except Exception as error:  # noqa: BLE001 - what is left over can wait for the broker
            log.warning("broker_not_tidied", error=type(error).__name__)

    def _rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < until:
            time.sleep(TICK_SECONDS)


def watch(app: Celery, node: str, options: tuple[str, ...]) -> Watchdog:
    """A watchdog over `celery worker` with these options under the node name `node`."""
    command = python("-m", "celery", "--quiet", "-A", "workers.program", "worker",
                     "--hostname", node, *options)  # fmt: skip

    queue = own_queue(node)

    def ask() -> None:
        options: dict[str, Any] = {"queue": queue, "expires": SILENT_SECONDS, "retry": False}
        app.send_task("workers.heartbeat", **options)

    def heard() -> datetime | None:
        with deadline(ASK_SECONDS / 2):
            return heartbeats.last(f"worker:{node}")

    pulse = Pulse(node, ask, heard, partial(alive.touch, "worker"))
    return Watchdog(command, pulse, partial(leftovers.sweep, app))
