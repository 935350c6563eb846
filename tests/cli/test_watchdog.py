"""A worker is ended for silence only when everybody else answered all the while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cli.local.watchdog import ASK_SECONDS, SILENT_SECONDS, Pulse

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class World:
    """A worker that answers until `dumb_from`, over servers that are away in between."""

    def __init__(self, *, dumb_from: float = 0.0, away: tuple[float, float] = (0.0, 0.0)) -> None:
        self.now = 0.0
        self.asked = 0
        self.dumb_from = dumb_from
        self.away = away

    def ask(self) -> None:
        self._fail_while_away()
        self.asked += 1

    def heard(self) -> datetime | None:
        self._fail_while_away()
        return START + timedelta(seconds=min(self.now, self.dumb_from)) if self.dumb_from else None

    def silent_after(self, seconds: int) -> float | None:
        """When the pulse is found silent within so many seconds; None = never."""
        pulse = Pulse("one@host", self.ask, self.heard)
        pulse.begin(0.0)
        for second in range(seconds):
            self.now = float(second)
            if pulse.is_silent(self.now):
                return self.now
        return None

    def _fail_while_away(self) -> None:
        if self.away[0] <= self.now < self.away[1]:
            raise ConnectionError


def test_answering_worker_is_left_alone() -> None:
    world = World(dumb_from=1e9)

    assert world.silent_after(600) is None
    assert world.asked == 600 / ASK_SECONDS - 1


def test_worker_that_never_answers_is_silent_after_a_minute() -> None:
    assert World().silent_after(600) == SILENT_SECONDS + ASK_SECONDS


def test_worker_that_falls_silent_is_found_within_a_minute_and_a_bit() -> None:
    found = World(dumb_from=200).silent_after(600)

    assert found is not None
    assert 200 + SILENT_SECONDS <= found <= 200 + SILENT_SECONDS + 2 * ASK_SECONDS


def test_worker_is_not_blamed_while_a_server_is_away() -> None:
    found = World(dumb_from=20, away=(60, 300)).silent_after(600)

    assert found is not None
    assert found > 300 + SILENT_SECONDS - ASK_SECONDS
