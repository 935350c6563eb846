"""Posts webhooks the way Whop does: five seconds, no redirects, twelve retries, at least once.

A sender owns its threads; `close` ends them. Retries wait in memory, as the twin's world does.
"""

from __future__ import annotations

import heapq
import itertools
import json
import threading
import time
from collections import Counter, OrderedDict, deque
from dataclasses import dataclass
from random import SystemRandom
from typing import Self

import httpx

from simulator import signing
from simulator.catalogue import Ids

# Whop's schedule (docs, webhooks guide, 2026-09): twelve retries over about 71 hours.
RETRY_SECONDS = (30, 120, 480, 1800, 3600, 10_800, 21_600, *(43_200,) * 5)
TIME_LIMIT_SECONDS = 5.0
KEPT_BODIES = 5_000
KEPT_ATTEMPTS = 20_000
ANSWER_CHARS = 300
OK_STATUSES = range(200, 300)


@dataclass(frozen=True)
class Attempt:
    """One try. `status` None = no answer (time-out, refused connection); `answer` is its text."""

    webhook_id: str
    number: int
    at: float
    status: int | None
    answer: str
    seconds: float

    @property
    def succeeded(self) -> bool:
        return self.status in OK_STATUSES

    @property
    def word(self) -> str:
        """`accepted`, `duplicate`, `spooled` as the door said it; else the status or `silent`."""
        if self.status is None:
            return "silent"
        if not self.succeeded:
            return str(self.status)
        try:
            said = json.loads(self.answer)
        except ValueError:
            return "ok"
        return str(said.get("status", "ok")) if isinstance(said, dict) else "ok"


@dataclass(frozen=True)
class Job:
    webhook_id: str
    raw: bytes
    number: int = 0


class Sender:
    """Delivers to one endpoint with one secret. `time_scale` shortens the retry schedule.

    With `threads=0` nothing is sent by itself; `post` still works.
    """

    def __init__(
        self,
        url: str,
        secret: str,
        *,
        time_scale: float = 1.0,
        threads: int = 4,
        time_limit: float = TIME_LIMIT_SECONDS,
    ) -> None:
        self._url, self._secret, self._scale = url, secret, time_scale
        self._time_limit = time_limit
        limits = httpx.Limits(max_connections=max(threads, 1))
        self._client = httpx.Client(
            timeout=time_limit, follow_redirects=False, limits=limits, trust_env=False
        )
        self._jobs: list[tuple[float, int, Job]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._in_flight = 0
        self._closed = False
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self.log: deque[Attempt] = deque(maxlen=KEPT_ATTEMPTS)
        self.outcomes: Counter[str] = Counter()
        self._threads = [
            threading.Thread(target=self._work, name=f"sender-{turn}", daemon=True)
            for turn in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def send(self, webhook_id: str, raw: bytes) -> None:
        """Queue a delivery; it is tried at once and then on the schedule."""
        with self._changed:
            self.outcomes["sent"] += 1
            self._bodies[webhook_id] = raw
            while len(self._bodies) > KEPT_BODIES:
                self._bodies.popitem(last=False)
            self._push(Job(webhook_id, raw), time.monotonic())

    def replay(self, webhook_id: str, *, regenerate_id: bool = False) -> str:
        """Send a kept delivery again: the same bytes, or the same fact under a new id."""
        with self._changed:
            raw = self._bodies[webhook_id]
        if regenerate_id:
            webhook_id = Ids(SystemRandom()).message()
            raw = json.dumps({**json.loads(raw), "id": webhook_id}).encode()
        self.send(webhook_id, raw)
        return webhook_id

    def post(self, webhook_id: str, raw: bytes, *, number: int = 0) -> Attempt:
        """Sign freshly, post once, and say what came back. Never raises for the network."""
        at = time.time()
        sent = signing.headers(self._secret, webhook_id, int(at), raw)
        begun = time.monotonic()
        try:
            response = self._client.post(self._url, content=raw, headers=sent)
        except httpx.HTTPError as error:
            status, answer = None, type(error).__name__
        else:
            status, answer = response.status_code, response.text[:ANSWER_CHARS]
        seconds = time.monotonic() - begun
        # The client's limit holds between two bytes; Whop's holds for the whole answer.
        if seconds >= self._time_limit:
            status, answer = None, "too slow"
        return Attempt(webhook_id, number, at, status, answer, seconds)

    def attempts(self, webhook_id: str) -> list[Attempt]:
        return [attempt for attempt in list(self.log) if attempt.webhook_id == webhook_id]

    @property
    def open_jobs(self) -> int:
        """How many deliveries are under way or wait for a retry."""
        with self._changed:
            return len(self._jobs) + self._in_flight

    def drain(self, seconds: float) -> bool:
        """Wait until nothing is under way or waits for a retry. False when time ran out."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._jobs and not self._in_flight, seconds)

    def close(self) -> None:
        """End the threads; deliveries under way finish, waiting retries are given up."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(TIME_LIMIT_SECONDS + 1)
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _push(self, job: Job, due: float) -> None:
        heapq.heappush(self._jobs, (due, next(self._order), job))
        self._changed.notify()

    def _work(self) -> None:
        while (job := self._take()) is not None:
            attempt = self.post(job.webhook_id, job.raw, number=job.number)
            with self._changed:
                self._in_flight -= 1
                self._settle(job, attempt)
                self._changed.notify_all()

    def _take(self) -> Job | None:
        """The next job that is due; None when the sender is closed."""
        with self._changed:
            while not self._closed:
                wait = self._jobs[0][0] - time.monotonic() if self._jobs else None
                if wait is not None and wait <= 0:
                    self._in_flight += 1
                    return heapq.heappop(self._jobs)[2]
                self._changed.wait(wait)
            return None

    def _settle(self, job: Job, attempt: Attempt) -> None:
        """Note the attempt; a failed one comes again until the schedule is used up."""
        self.log.append(attempt)
        if attempt.succeeded:
            self.outcomes[attempt.word] += 1
            return
        self.outcomes["failed_attempts"] += 1
        if job.number >= len(RETRY_SECONDS):
            self.outcomes["given_up"] += 1
            return
        wait = RETRY_SECONDS[job.number] * self._scale
        self._push(Job(job.webhook_id, job.raw, job.number + 1), time.monotonic() + wait)
