"""A company in trouble goes alone, in portions that fit, and rests while it is held up."""

from __future__ import annotations

from game.services.settlement.troubled import (
    BUSY_PAUSE_SECONDS,
    LONGEST_PAUSE_SECONDS,
    LONGEST_SLOW_PAUSE_SECONDS,
    Troubled,
)
from models.passing import Trouble


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def test_every_company_of_a_failed_batch_is_tried_alone_in_turn() -> None:
    troubled = Troubled(Clock())
    troubled.suspect(["a", "b"], 200)

    tried = [troubled.next_due() for _ in range(3)]

    assert tried == [("a", 200), ("b", 200), ("a", 200)]
    assert sorted(troubled.companies()) == ["a", "b"]


def test_company_that_works_is_back_with_the_others() -> None:
    troubled = Troubled(Clock())
    troubled.suspect(["a"], 200)

    troubled.worked("a", 3, batch=200)

    assert troubled.companies() == []


def test_held_up_company_rests_longer_each_time_but_never_long() -> None:
    clock = Clock()
    troubled = Troubled(clock)
    troubled.suspect(["a"], 200)
    pauses = []

    for _ in range(7):
        troubled.failed("a", Trouble.BLOCKED, 50)
        began = clock.at
        while troubled.next_due() is None:
            clock.at += 0.5
        pauses.append(clock.at - began)

    assert pauses == [1, 2, 4, 8, 10, 10, 10]
    assert max(pauses) == LONGEST_PAUSE_SECONDS
    assert troubled.next_due() == ("a", 200)


def test_fault_is_narrowed_at_once_down_to_one_row() -> None:
    troubled = Troubled(Clock())
    troubled.suspect(["a"], 200)
    portions = []

    for _ in range(8):
        found = troubled.next_due()
        assert found is not None
        portions.append(found[1])
        troubled.failed("a", Trouble.FAULT, found[1])

    assert portions == [200, 100, 50, 25, 12, 6, 3, 1]
    assert troubled.next_due() is None, "a single row that cannot even be recorded must rest"


def test_portion_grows_again_while_it_works() -> None:
    troubled = Troubled(Clock())
    troubled.failed("a", Trouble.FAULT, 3)
    portions = []

    while (found := troubled.next_due()) is not None:
        portions.append(found[1])
        troubled.worked("a", found[1], batch=200)

    assert portions == [1, 2, 4, 8, 16, 32, 64, 128, 200]
    assert troubled.companies() == []


def test_slow_company_takes_less_each_time_and_comes_to_rest_for_long() -> None:
    clock = Clock()
    troubled = Troubled(clock)
    size, portions = 200, []

    for _ in range(9):
        troubled.failed("a", Trouble.SLOW, size)
        assert troubled.next_due() is None
        clock.at += LONGEST_SLOW_PAUSE_SECONDS
        assert troubled.next_due(slow=False) is None
        found = troubled.next_due(slow=True)
        assert found is not None
        size = found[1]
        portions.append(size)
    troubled.failed("a", Trouble.SLOW, size)
    clock.at += LONGEST_SLOW_PAUSE_SECONDS - 1

    assert portions == [100, 50, 25, 12, 6, 3, 1, 1, 1]
    assert troubled.next_due() is None


def test_company_in_other_hands_is_looked_at_again_soon() -> None:
    clock = Clock()
    troubled = Troubled(clock)
    troubled.suspect(["a"], 200)

    troubled.busy("a")

    assert troubled.next_due() is None
    clock.at += BUSY_PAUSE_SECONDS
    assert troubled.next_due() == ("a", 200)
