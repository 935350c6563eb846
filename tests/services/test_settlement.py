"""Settlement: any order, any number of times, the same books, equal to an independent model."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest

from settings import Settings
from simulator.chaos import chaos
from tests.support.settling import (
    deliver_all,
    differences,
    drain_all,
    figures,
    found_company,
    life,
    model_figures,
    shuffled,
    states,
)

pytestmark = pytest.mark.usefixtures("settings")


@pytest.mark.parametrize("batch", [1, 17, 200])
def test_the_books_equal_the_independent_model_whatever_the_batch(batch: int) -> None:
    now = datetime.now(UTC)
    pairs = found_company(now)
    events = chaos(life(pairs, now, 160), Random(1), duplicates=0.3, shuffle=1)

    deliver_all(events, now)
    drain_all(now, batch)

    assert figures() == model_figures(events, pairs, now)
    assert differences(now) == []


def test_a_shuffled_and_doubled_life_leaves_the_same_books(settings: Settings) -> None:
    now = datetime.now(UTC)
    pairs = found_company(now)
    events = life(pairs, now, 600)
    mixed = chaos(shuffled(events, 3), Random(2), duplicates=0.5, shuffle=1)

    for place in range(0, len(mixed), 50):
        deliver_all(mixed[place : place + 50], now)
        drain_all(now, 64)

    assert figures() == model_figures(events, pairs, now)
    assert differences(now) == []
    assert states().keys() <= {"handled", "ignored"}


def test_settling_again_what_is_settled_posts_nothing(settings: Settings) -> None:
    now = datetime.now(UTC)
    pairs = found_company(now)
    deliver_all(life(pairs, now, 120), now)
    drain_all(now)
    before = figures()

    again = chaos(life(pairs, now, 120), Random(5), duplicates=1, shuffle=0)
    deliver_all(again, now)
    drain_all(now)

    assert figures() == before
    assert differences(now) == []
