"""Questions to servers for pages that must answer soon: each with a limit of its own, all at once.

However many ask, a server is asked once a second at most and once at a time, and one that is
frozen holds up neither the page nor what is known of the others.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import structlog

from web.limits import TimeUp, within

log = structlog.get_logger(__name__)

EVERY_SECONDS = 1.0
PATIENCE_SECONDS = 2.0
"""For all questions of a page together."""

T = TypeVar("T")


@dataclass
class Round(Generic[T]):
    """One time of asking; `answer` stays None until there is one."""

    began_at: float
    answer: T | None = None
    thread: threading.Thread | None = None

    def is_under_way(self) -> bool:
        """The server still owes the answer."""
        return self.thread is not None and self.thread.is_alive()


class Question(Generic[T]):
    """One question to one server, and the newest time it was asked."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._newest: Round[T] = Round(-EVERY_SECONDS)

    def begin(self) -> Round[T]:
        """Ask, unless that is being done or was just done."""
        with self._lock:
            newest = self._newest
            if newest.is_under_way() or time.monotonic() - newest.began_at < EVERY_SECONDS:
                return newest
            begun: Round[T] = Round(time.monotonic())
            self._newest = begun
            begun.thread = threading.Thread(target=self._run, args=(begun,), daemon=True)
            begun.thread.start()
            return begun

    def _run(self, begun: Round[T]) -> None:
        try:
            with within(PATIENCE_SECONDS):
                begun.answer = self._ask()
        except TimeUp:
            pass
        except Exception:
            log.exception("question_failed")


def ask_all(questions: Iterable[Question[Any]]) -> list[Any]:
    """Ask all at once; their answers in order, None for one that does not come in time."""
    until = time.monotonic() + PATIENCE_SECONDS
    rounds = [question.begin() for question in questions]
    for begun in rounds:
        if begun.thread is not None:
            begun.thread.join(max(0.0, until - time.monotonic()))
    return [begun.answer for begun in rounds]
