"""`legends poll`: keeps the pipeline going with nothing but Postgres.

Four times a second it looks for work that nobody has taken. It wakes the workers if the broker
answers and settles the work itself if not, or if waking did not help. What also needs Redis, jobs
that were missed, and companies that are too slow for the others run in lanes of their own, so that
a server or a company that hangs delays nothing else.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog
from celery import Celery

from game.services.inbox import due, failures, spool
from game.services.inbox.run_journal import crashed_runs
from game.services.notices import frames
from game.services.referrals.click_spool import ClickMover
from game.services.scheduled import jobs
from game.services.settlement.drain import PROMPT, drain, drain_slow
from models import clock
from models.passing import is_passing
from models.session import WORKER, transaction
from workers import alive, wake
from workers.deadline import deadline
from workers.jobs import run_tick
from workers.metrics import RESCUES, STEP_FAILURES

log = structlog.get_logger(__name__)

ROUND_SECONDS = 0.25
STEP_SECONDS = 15.0
"""No step needs this long; a Postgres that takes longer is frozen and is cut off."""
LONGEST_PAUSE_SECONDS = 5.0
PATIENCE_SECONDS = 3.0
"""How long woken workers have before the poller takes the work into its own hands."""
JOB_SLICE_SECONDS = 2.0
JOB_PAUSE_SECONDS = 30.0
BROKER_CHECK_SECONDS = 2.0
GIVEN_UP_SECONDS = 2.0
"""How long a worker may be cut off from Postgres before its batch counts as its death."""
PROMPT_HERE = replace(PROMPT, slow=False)
"""What is too slow for the others has a lane of its own here."""
LAST_STEP_SECONDS = 3.0
"""How long the other lanes may take to end their step when we are asked to leave."""


@dataclass
class PollStep:
    """One thing a round does: how often, and how it behaves after failures."""

    name: str
    act: Callable[[datetime], bool]
    """Does the step; True when there is more to do at once."""
    every_seconds: float = ROUND_SECONDS
    limit_seconds: float = STEP_SECONDS
    next_at: float = 0.0
    failed: int = 0

    def run(self) -> bool:
        """Do the step if its time has come. A failure pauses it, longer each time."""
        if time.monotonic() < self.next_at:
            return False
        more = False
        try:
            with deadline(self.limit_seconds):
                more = self.act(clock.now())
        except Exception as error:  # noqa: BLE001 - one step must not end the others
            self._note_failure(error)
        else:
            self._note_success(more=more)
        return more

    def _note_failure(self, error: Exception) -> None:
        if self.failed == 0:
            level = logging.WARNING if is_passing(error) else logging.ERROR
            log.log(level, "poll_step_fails", step=self.name, error=repr(error)[:300])
        self.failed += 1
        STEP_FAILURES.labels(self.name).inc()
        pause = min(LONGEST_PAUSE_SECONDS, ROUND_SECONDS * 2**self.failed)
        self.next_at = time.monotonic() + pause

    def _note_success(self, *, more: bool) -> None:
        if self.failed:
            log.info("poll_step_works_again", step=self.name, failures=self.failed)
        self.failed = 0
        self.next_at = time.monotonic() + (0.0 if more else self.every_seconds)
        if more:
            RESCUES.labels(self.name).inc()


class Broker:
    """Talks to the broker in a thread of its own, so that a frozen one delays nothing."""

    def __init__(self, app: Celery) -> None:
        self._waker = wake.Waker(app)
        self._wanted = threading.Event()
        self.away = False
        """True after a failed attempt, until one works; checked every two seconds."""

    def start(self) -> None:
        """Begin; the thread ends with the process."""
        threading.Thread(target=self._run, name="broker", daemon=True).start()

    def wake_soon(self) -> None:
        """Ask for a wake-up and return at once."""
        self._wanted.set()

    def _run(self) -> None:
        while True:
            wanted = self._wanted.wait(BROKER_CHECK_SECONDS)
            self._wanted.clear()
            self._try(wanted=wanted)
            time.sleep(ROUND_SECONDS)

    def _try(self, *, wanted: bool) -> None:
        try:
            _ = self._waker.wake() if wanted else self._waker.depth()
        except Exception as error:  # noqa: BLE001 - any failure means: do without the broker
            if not self.away:
                log.warning("broker_away", error=repr(error)[:200])
            self.away = True
            return
        if self.away:
            log.info("broker_back")
        self.away = False


@dataclass
class Untaken:
    """Remembers what was found lying, to see whether waking the workers helped."""

    broker: Broker
    resume: str = ""
    head: str = ""
    since: float = 0.0

    def act(self, now: datetime) -> bool:
        """Wake the workers for untaken work, or settle a batch of it here. True = look again."""
        look = due.look_for_untaken(now, self.resume)
        self.resume = look.resume
        if not look.head:
            self.head = "" if not look.resume else self.head
            return False
        if look.head != self.head:
            self.head, self.since = look.head, time.monotonic()
        self.broker.wake_soon()
        if not (self.broker.away or time.monotonic() - self.since > PATIENCE_SECONDS):
            return False
        drained = drain(now, limits=PROMPT_HERE)
        if drained.settled:
            log.info(
                "settled_without_workers", settled=drained.settled, broker_away=self.broker.away
            )
        return drained.more


@dataclass
class Ticks:
    """Runs the ticks of jobs that nobody ran in time; one that fails waits, the others go on."""

    rest: dict[str, float] = field(default_factory=dict)

    def act(self, now: datetime) -> bool:
        """Work on the oldest missed tick of each job for a moment. True when one moved."""
        moved = False
        seen: set[str] = set()
        for job, tick in jobs.missed(now):
            if job in seen or time.monotonic() < self.rest.get(job, 0.0):
                continue
            seen.add(job)
            moved |= self._run(job, tick)
        return moved

    def _run(self, job: str, tick: datetime) -> bool:
        try:
            outcome = run_tick(job, tick, seconds=JOB_SLICE_SECONDS)
        except Exception as error:  # noqa: BLE001 - one job must not end the others
            log.warning("missed_tick_fails", job=job, error=repr(error)[:300])
            outcome = jobs.TickOutcome.BUSY
        if outcome is jobs.TickOutcome.BUSY:
            self.rest[job] = time.monotonic() + JOB_PAUSE_SECONDS
            return False
        log.info("missed_tick_run", job=job, scheduled_for=tick.isoformat(), outcome=outcome.value)
        return True


@dataclass
class Crashed:
    """Counts an attempt for what dead workers had in their hands.

    One that lost all its connections at once is not dead: it has a moment to come back and take
    its row away.
    """

    missed: dict[int, float] = field(default_factory=dict)
    """When each run was first seen without its worker."""

    def act(self, now: datetime) -> bool:
        """Look for runs without a worker, and count those that have been so. True = counted."""
        with transaction(WORKER) as tx:
            seen = {run.id for run in crashed_runs(tx)}
            at = time.monotonic()
            self.missed = {run: self.missed.get(run, at) for run in seen}
            given_up = {run for run, since in self.missed.items() if at - since >= GIVEN_UP_SECONDS}
            return bool(given_up) and failures.count_crashed_runs(tx, now, given_up) > 0


class Poller:
    """Four lanes of steps. `stop` ends them after the step they are in."""

    def __init__(self, app: Celery) -> None:
        self._broker = Broker(app)
        self._stopped = threading.Event()
        self._main = (
            PollStep("due", lambda now: due.make_due_wait(now) == due.BATCH),
            PollStep("untaken", Untaken(self._broker).act),
            PollStep("crashed", Crashed().act, every_seconds=1.0),
        )
        self._slow = (PollStep("slow", drain_slow, every_seconds=1.0, limit_seconds=45.0),)
        self._with_redis = (
            PollStep("spool", lambda now: spool.drain(now).more),
            PollStep("clicks", ClickMover().move, every_seconds=0.5),
            PollStep("outbox", lambda now: frames.sweep(now) > 0, every_seconds=1.0),
        )
        self._jobs = (PollStep("ticks", Ticks().act, every_seconds=5.0, limit_seconds=45.0),)

    def stop(self) -> None:
        """Ask the lanes to end. Safe in a signal handler."""
        self._stopped.set()

    def run(self) -> None:
        """Go round until stopped."""
        self._broker.start()
        log.info("poll_begins")
        others = [
            threading.Thread(target=self._lane, args=(name, steps), daemon=True)
            for name, steps in (
                ("poll-redis", self._with_redis),
                ("poll-jobs", self._jobs),
                ("poll-slow", self._slow),
            )
        ]
        for thread in others:
            thread.start()
        self._lane("poll", self._main)
        for thread in others:
            thread.join(LAST_STEP_SECONDS)

    def _lane(self, name: str, steps: tuple[PollStep, ...]) -> None:
        while not self._stopped.is_set():
            alive.touch(name)
            more = [step.run() for step in steps]
            if not any(more):
                self._stopped.wait(ROUND_SECONDS)
