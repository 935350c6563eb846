"""How `legends prove` tells of its drills: a line each, a count at the end. A plugin of pytest."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import pytest


class Report:
    """Counts the drills and prints one line as each ends."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.outcomes: Counter[str] = Counter()

    def note(self, report: pytest.TestReport) -> None:
        """Take one stage of a drill: starting up, running, or clearing away."""
        self.seconds[report.nodeid] += report.duration
        if report.failed:
            self._tell("FAILED", report)
            print(report.longreprtext, flush=True)
        elif report.skipped:
            self._tell("skipped", report)
        elif report.when == "call":
            self._tell("holds", report)

    def close(self) -> None:
        """Print the sum, if there is one."""
        if not self.outcomes:
            return
        parts = [f"{count} {word}" for word, count in self.outcomes.items()]
        print(f"\n{sum(self.outcomes.values())} drills: {', '.join(parts)}")

    def _tell(self, word: str, report: pytest.TestReport) -> None:
        self.outcomes[word] += 1
        took = f"{self.seconds[report.nodeid]:6.1f} s"
        print(f"{word:>8}  {took}  {promise(report.nodeid)}", flush=True)


_report = Report()


def promise(nodeid: str) -> str:
    """The promise in a test's name, in words."""
    return nodeid.rpartition("::")[2].removeprefix("test_").replace("_", " ")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Name the drills where only the list is wanted."""
    if session.config.option.collectonly:
        for item in session.items:
            print(promise(item.nodeid))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Called by pytest after each stage of each drill."""
    _report.note(report)


def pytest_report_teststatus(report: Any) -> tuple[str, str, str] | None:
    """Keep pytest's own dots out of the report."""
    return (report.outcome, "", "")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Called by pytest when everything has run."""
    if not session.config.option.collectonly:
        _report.close()
