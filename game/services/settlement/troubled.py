"""Bulkheads: each company in trouble goes alone, in portions that fit, with pauses while held up.

A bulkhead with a circuit breaker per company, in the memory of one process. A company gets in when
a batch it was part of failed, and out as soon as a batch of its own works. What is at fault inside
it is found by smaller and smaller portions. Nothing here has to outlive the process: another one
comes to know the same by a first failure of its own.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from models.passing import Trouble

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 10.0
"""How long, at most, a company waits on after the lock that held it up is gone."""
LONGEST_SLOW_PAUSE_SECONDS = 60.0
"""One that is too slow for the others holds them up with each try; the poller has time for it."""
BUSY_PAUSE_SECONDS = 0.2
"""Where another process holds its turn: about what a batch takes."""


@dataclass(slots=True)
class _Case:
    portion: int
    failures: int = 0
    rests_until: float = 0.0
    is_slow: bool = False


class Troubled:
    """The companies in trouble, as this process knows them. Safe to use from several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._cases: dict[str, _Case] = {}

    def companies(self) -> list[str]:
        """Who must not be mixed with others."""
        with self._lock:
            return list(self._cases)

    def suspect(self, companies: Collection[str], portion: int) -> None:
        """One of these made a batch fail: each shows alone whether it is the one."""
        with self._lock:
            for company in companies:
                self._cases.setdefault(company, _Case(portion))

    def next_due(self, *, slow: bool | None = None) -> tuple[str, int] | None:
        """Whose turn it is, and how much to take; None where all of them rest.

        The others come first next time. `slow`: only one that is too slow for the others, or not.
        """
        with self._lock:
            for company, case in self._cases.items():
                is_wanted = slow is None or case.is_slow is slow
                if is_wanted and case.rests_until <= self._clock():
                    self._cases[company] = self._cases.pop(company)
                    return company, case.portion
        return None

    def failed(self, company: str, trouble: Trouble, size: int) -> None:
        """Its own batch of `size` failed: a smaller one at once, or a pause."""
        with self._lock:
            case = self._cases.setdefault(company, _Case(size))
            case.is_slow = trouble is Trouble.SLOW
            if trouble is not Trouble.BLOCKED:
                case.portion = max(size // 2, 1)
            if trouble is Trouble.FAULT and size > 1:
                case.failures, case.rests_until = 0, 0.0
                return
            longest = LONGEST_SLOW_PAUSE_SECONDS if case.is_slow else LONGEST_PAUSE_SECONDS
            pause = min(FIRST_PAUSE_SECONDS * 2.0 ** min(case.failures, 10), longest)
            case.failures += 1
            case.rests_until = self._clock() + pause

    def worked(self, company: str, size: int, batch: int) -> None:
        """Its own batch of `size` went through: twice as much next time, or back to the others."""
        with self._lock:
            case = self._cases.get(company)
            if case is None:
                return
            if size < case.portion or case.portion >= batch:
                del self._cases[company]
                return
            case.portion, case.failures, case.rests_until = min(case.portion * 2, batch), 0, 0.0
            case.is_slow = False

    def busy(self, company: str) -> None:
        """Another process is at work on it: that says nothing about it."""
        with self._lock:
            if company in self._cases:
                self._cases[company].rests_until = self._clock() + BUSY_PAUSE_SECONDS

    def forget(self) -> None:
        """Know nobody in trouble any more."""
        with self._lock:
            self._cases.clear()

    def released(self, company: str) -> None:
        """Nothing of it waits."""
        with self._lock:
            self._cases.pop(company, None)
