"""Who comes at the same time is served together, and nobody pays for another's fault."""

from __future__ import annotations

from collections.abc import Sequence

import gevent
import pytest

from web.gathering import Gathering


class Refused(Exception):
    """An item that cannot be served."""


class Counter:
    """Serves numbers, tenfold, and remembers which came together."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []

    def serve(self, numbers: Sequence[int]) -> list[int]:
        self.groups.append(list(numbers))
        gevent.sleep(0.02)
        if any(number < 0 for number in numbers):
            raise Refused(numbers)
        if 13 in numbers:
            raise ConnectionError("away")
        return [10 * number for number in numbers]


@pytest.fixture
def counter() -> Counter:
    return Counter()


def ask_all(counter: Counter, numbers: Sequence[int], most: int = 50) -> list[object]:
    """What each of these hears who come at the same moment: a result or an error."""
    gathering = Gathering(counter.serve, most, own_fault=Refused)

    def ask(number: int) -> object:
        try:
            return gathering.ask(number)
        except (Refused, ConnectionError) as error:
            return type(error)

    callers = [gevent.spawn(ask, number) for number in numbers]
    gevent.joinall(callers, timeout=10)
    return [caller.value for caller in callers]


def test_who_comes_alone_is_served_at_once(counter: Counter) -> None:
    assert Gathering(counter.serve, 50, own_fault=Refused).ask(7) == 70
    assert counter.groups == [[7]]


def test_who_comes_while_one_is_served_shares_the_next_turn(counter: Counter) -> None:
    gathering = Gathering(counter.serve, 50, own_fault=Refused)
    first = gevent.spawn(gathering.ask, 1)
    gevent.sleep(0.005)
    others = [gevent.spawn(gathering.ask, number) for number in (2, 3, 4)]
    gevent.joinall([first, *others], timeout=10)

    assert [first.value, *(other.value for other in others)] == [10, 20, 30, 40]
    assert counter.groups == [[1], [2, 3, 4]]


def test_no_group_is_larger_than_allowed_and_everybody_has_a_turn(counter: Counter) -> None:
    assert ask_all(counter, range(1, 8), most=3) == [10, 20, 30, 40, 50, 60, 70]
    assert [len(group) for group in counter.groups] == [3, 3, 1]


def test_the_fault_of_one_is_heard_by_that_one_alone(counter: Counter) -> None:
    assert ask_all(counter, [1, -2, 3]) == [10, Refused, 30]
    assert counter.groups == [[1, -2, 3], [1], [-2], [3]]


def test_an_outage_is_heard_by_all_and_the_next_ones_are_served_again(counter: Counter) -> None:
    assert ask_all(counter, [1, 13]) == [ConnectionError, ConnectionError]
    assert ask_all(counter, [2]) == [20]


def test_who_gave_up_before_their_turn_is_left_out(counter: Counter) -> None:
    gathering = Gathering(counter.serve, 50, own_fault=Refused)
    first = gevent.spawn(gathering.ask, 1)
    gevent.sleep(0.005)
    impatient, patient = gevent.spawn(gathering.ask, 2), gevent.spawn(gathering.ask, 3)
    gevent.sleep(0.005)
    impatient.kill()
    gevent.joinall([first, patient], timeout=10)

    assert (first.value, patient.value) == (10, 30)
    assert counter.groups == [[1], [3]]
