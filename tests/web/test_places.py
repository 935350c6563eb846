"""Places for those who wait: whoever has waited longest makes room, and shares are kept."""

from __future__ import annotations

import gevent
import pytest
from gevent.event import Event

from web.places import Places, PushedOut, host_of


class Crowd:
    """Greenlets that wait in places for something that does not come, by their names."""

    def __init__(self, most: int, most_of_one: int) -> None:
        self._places = Places(most, most_of_one)
        self._waiting: dict[str, gevent.Greenlet[..., None]] = {}
        self.pushed_out: list[str] = []

    def come(self, *names: str) -> None:
        """One after the other they come; the address is the first letter."""
        for name in names:
            self._waiting[name] = gevent.spawn(self._wait, name)
            gevent.sleep(0)
        gevent.sleep(0)

    def get_what_they_wait_for(self, *names: str) -> None:
        gevent.killall([self._waiting[name] for name in names])

    def _wait(self, name: str) -> None:
        try:
            with self._places.taken(name[0]):
                gevent.sleep(60)
        except PushedOut:
            self.pushed_out.append(name)

    def leave(self) -> None:
        gevent.killall(list(self._waiting.values()))


@pytest.fixture
def crowd() -> Crowd:
    return Crowd(most=4, most_of_one=2)


def test_nobody_is_disturbed_while_there_are_places(crowd: Crowd) -> None:
    crowd.come("a1", "a2", "b1", "b2")

    assert crowd.pushed_out == []
    crowd.leave()


def test_an_address_with_its_share_loses_its_own_oldest(crowd: Crowd) -> None:
    crowd.come("b1", "a1", "a2", "a3", "a4")

    assert crowd.pushed_out == ["a1", "a2"]
    crowd.leave()


def test_where_all_places_are_taken_the_oldest_of_all_makes_room(crowd: Crowd) -> None:
    crowd.come("a1", "b1", "b2", "c1", "d1")

    assert crowd.pushed_out == ["a1"]
    crowd.leave()


def test_places_of_those_who_left_are_free(crowd: Crowd) -> None:
    crowd.come("a1", "a2", "b1", "b2")
    crowd.get_what_they_wait_for("a1", "b2")
    crowd.come("a3", "c1")

    assert crowd.pushed_out == []
    crowd.leave()


def test_whoever_leaves_at_the_moment_of_being_pushed_out_is_left_alone() -> None:
    places = Places(most=1, most_of_one=1)
    seen: list[str] = []

    def first() -> None:
        with places.taken("a"):
            leaving.wait()
        gevent.sleep(0.01)
        seen.append("first went on")

    leaving = Event()
    one = gevent.spawn(first)
    gevent.sleep(0)

    def second() -> None:
        leaving.set()  # the first is on its way out when the second comes
        with places.taken("a"):
            seen.append("second came")

    gevent.joinall([one, gevent.spawn(second)], timeout=10, raise_error=True)
    assert sorted(seen) == ["first went on", "second came"]


def test_the_addresses_of_one_host_count_as_one() -> None:
    assert host_of("2001:db8:1:2::1") == host_of("2001:db8:1:2:ffff::9") != host_of("2001:db8::1")
    assert host_of("192.0.2.1") == "192.0.2.1" != host_of("192.0.2.2")
    assert host_of("::ffff:192.0.2.1") == "192.0.2.1" != host_of("::ffff:192.0.2.2")
    assert host_of("not:an:address") == "not:an:address"
    assert host_of("") == ""
