"""Lines that strangers can cause: one a second, nothing uncounted."""

from __future__ import annotations

import time
from typing import Any, cast

import structlog

from tests.support.waiting import eventually
from web.sampling import Sampled


class Lines:
    """A log that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

    def warning(self, event: str, **fields: Any) -> None:
        self.told.append({"event": event, **fields})


def sampled(lines: Lines, seconds: float) -> Sampled:
    return Sampled(cast(structlog.stdlib.BoundLogger, lines), seconds)


def test_the_first_is_told_at_once_and_alone() -> None:
    lines = Lines()

    sampled(lines, 0.05).warning("refused", number=1)
    time.sleep(0.2)

    assert lines.told == [{"event": "refused", "number": 1}]


def test_a_flood_becomes_two_lines_that_count_all_of_it() -> None:
    lines = Lines()
    log = sampled(lines, 0.3)

    for number in range(2200):
        log.warning("refused", number=number)

    assert lines.told == [{"event": "refused", "number": 0}]
    assert eventually(lambda: len(lines.told) == 2)
    assert lines.told[1] == {"event": "refused", "number": 2199, "left_out": 2198}


def test_a_lasting_flood_is_told_once_in_each_second() -> None:
    lines = Lines()
    log = sampled(lines, 0.2)

    until, sent = time.monotonic() + 0.9, 0
    while time.monotonic() < until:
        log.warning("refused")
        sent += 1
        time.sleep(0.002)
    time.sleep(0.6)

    assert len(lines.told) <= 6
    assert len(lines.told) + sum(line.get("left_out", 0) for line in lines.told) == sent


def test_after_a_quiet_second_the_next_is_told_at_once_again() -> None:
    lines = Lines()
    log = sampled(lines, 0.05)

    log.warning("refused", number=1)
    time.sleep(0.2)
    log.warning("refused", number=2)

    assert [line["number"] for line in lines.told] == [1, 2]
