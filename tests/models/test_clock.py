"""What time it is: Postgres's clock, counted on without asking, and never ahead of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from models import clock
from models.clock import GOOD_SECONDS, Clock
from models.one_shot import Unavailable
from models.session import WORKER, transaction
from settings import Settings
from tests.conftest import forget_settings

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The clock that nobody sets, set by the test: its only element is the time."""
    at = [1000.0]
    monkeypatch.setattr(clock, "_ticks", lambda: at[0])
    return at


def test_what_was_heard_is_counted_on(ticks: list[float]) -> None:
    known = Clock()
    known.hear(NOON)

    ticks[0] += 7

    assert known.told() == NOON + 7 * SECOND


def test_of_two_words_the_later_one_counts(ticks: list[float]) -> None:
    known = Clock()
    known.hear(NOON)
    ticks[0] += 1
    known.hear(NOON + SECOND / 2)  # half a second on its way
    slow = known.told()
    known.hear(NOON + 2 * SECOND)

    assert (slow, known.told()) == (NOON + SECOND, NOON + 2 * SECOND)


def test_old_word_is_not_good_any_more_and_a_new_one_replaces_it(ticks: list[float]) -> None:
    known = Clock()
    known.hear(NOON)
    ticks[0] += GOOD_SECONDS

    stale, at_all = known.told(), known.told(good=False)
    known.hear(NOON - SECOND)  # the server's clock was set back

    assert (stale, at_all) == (None, NOON + timedelta(seconds=GOOD_SECONDS))
    assert known.told() == NOON - SECOND


def test_moments_are_in_utc_whatever_the_servers_zone() -> None:
    moment = NOON.astimezone(timezone(timedelta(hours=2)))

    assert Clock().hear(moment).isoformat() == "2026-11-22T12:00:00+00:00"


def test_transaction_tells_the_clock_of_postgres(settings: Settings) -> None:
    clock.forget()

    with transaction(WORKER) as tx:
        [(present,)] = tx.rows("SELECT clock_timestamp()")

    assert tx.now <= present
    assert tx.now.utcoffset() == timedelta(0)
    assert tx.now <= clock.now()
    assert clock.estimate() - tx.now < 60 * SECOND


def test_process_that_never_heard_it_asks(settings: Settings) -> None:
    clock.forget()

    told = clock.now()

    with transaction(WORKER) as tx:
        assert timedelta(0) <= tx.now - told < 60 * SECOND


def test_without_postgres_what_was_heard_has_to_do_and_nothing_is_made_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, ticks: list[float]
) -> None:
    clock.forget()
    monkeypatch.setenv("DATABASE_URL", "postgresql://legends@127.0.0.1:9/none")
    forget_settings()
    with pytest.raises(Unavailable):
        clock.now()

    clock.hear(NOON)
    ticks[0] += 2 * GOOD_SECONDS

    assert clock.now() == NOON + timedelta(seconds=2 * GOOD_SECONDS)
    clock.forget()
