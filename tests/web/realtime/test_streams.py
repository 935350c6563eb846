"""Several channels over one connection: each with its own numbers, its own cursor, its own door."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator

import pytest

from cli.local.servers import Servers
from tests.support.databases import fresh_database
from tests.support.news import Reader, reader
from tests.support.relays import Relay, connect, running_relay
from tests.support.rooms import Room, make_tables, room
from tests.web.realtime.conftest import installed
from tests.web.realtime.test_events import Stream
from tests.web.realtime.test_slow_readers import sleeping

_numbers = itertools.count(1)
LARGE = "x" * 20_000


@pytest.fixture(scope="module")
def relay(
    servers: Servers, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Relay]:
    """A relay that knows rooms beside the members' own channels."""
    with fresh_database(servers, template) as database:
        values = servers.environment() | {"DATABASE_URL": database}
        home = tmp_path_factory.mktemp("relay")
        with installed(values):
            make_tables()
            with running_relay(home, program=("tests.support.rooms",)) as relay:
                yield relay


@pytest.fixture
def hero(company: str) -> Reader:
    return reader(company)


@pytest.fixture
def tavern(hero: Reader) -> Room:
    """A room the hero is in."""
    return room(hero.company_id, next(_numbers), hero.member_id)


def cursor(where: Room, number: int | None = None) -> str:
    return f"room:{where.id}" if number is None else f"room:{where.id}:{number}"


def test_each_channel_counts_for_itself_and_only_the_members_own_has_no_name(
    relay: Relay, hero: Reader, tavern: Room
) -> None:
    browser = connect(relay, hero, after=0, cursors=[cursor(tavern, 0)])

    tavern.say(3)
    hero.tell(2)

    assert browser.read_until(2) == [1, 2]
    assert browser.hear_until(cursor(tavern), 3) == [1, 2, 3]
    assert set(browser.hello) == {"last_id", "complete", "epoch"}
    assert browser.hellos[cursor(tavern)] == {
        "last_id": 0,
        "complete": True,
        "epoch": browser.hello["epoch"],
    }


def test_frames_are_the_same_whether_live_or_fetched(
    relay: Relay, hero: Reader, tavern: Room
) -> None:
    live = connect(relay, hero, after=0, cursors=[cursor(tavern, 0)])
    tavern.say()
    hero.tell()

    late = connect(relay, hero, after=0, cursors=[cursor(tavern, 0)])
    seen = [[browser.read() or {} for _ in range(6)] for browser in (live, late)]

    told = [[frame for frame in frames if "id" in frame] for frames in seen]
    assert sorted(told[0], key=str) == sorted(told[1], key=str)
    [own] = [frame for frame in told[0] if "channel" not in frame]
    [said] = [frame for frame in told[0] if "channel" in frame]
    assert list(own) == ["id", "type", "data", "at"]
    assert list(said) == ["id", "channel", "type", "data", "at"]
    assert said["channel"] == cursor(tavern)


def test_who_comes_back_resumes_each_channel_at_its_own_number(
    relay: Relay, hero: Reader, tavern: Room
) -> None:
    hero.tell(5)
    tavern.say(50)

    browser = connect(relay, hero, after=3, cursors=[cursor(tavern, 20)])
    tavern.say(2)
    hero.tell(2)

    assert browser.hear_until(cursor(tavern), 52) == list(range(21, 53))
    assert browser.read_until(7) == [4, 5, 6, 7]


def test_a_cursor_without_a_number_begins_now(relay: Relay, hero: Reader, tavern: Room) -> None:
    tavern.say(5)

    browser = connect(relay, hero, after=0, cursors=[cursor(tavern)])
    tavern.say()

    assert browser.hear_until(cursor(tavern), 6) == [6]
    assert browser.hellos[cursor(tavern)]["last_id"] == 5


def test_a_lost_publish_is_made_up_for_in_its_channel_alone(
    relay: Relay, hero: Reader, tavern: Room
) -> None:
    browser = connect(relay, hero, after=0, cursors=[cursor(tavern, 0)])
    tavern.note(4)
    tavern.unpublished.clear()

    hero.tell(2)
    tavern.say()

    assert browser.read_until(2) == [1, 2]
    assert browser.hear_until(cursor(tavern), 5, seconds=3) == [1, 2, 3, 4, 5]


def test_a_lost_last_publish_arrives_by_the_comparison_with_postgres(
    relay: Relay, hero: Reader, tavern: Room
) -> None:
    browser = connect(relay, hero, after=0, cursors=[cursor(tavern, 0)])

    tavern.note(2)

    assert browser.hear_until(cursor(tavern), 2, seconds=13) == [1, 2]


def test_doubled_and_reordered_publishes_show_each_number_once_in_order(
    relay: Relay, hero: Reader, tavern: Room
) -> None:
    browser = connect(relay, hero, after=0, cursors=[cursor(tavern, 0)])
    for _ in range(10):
        tavern.note()
    shuffled = [tavern.unpublished[at] for at in (1, 0, 1, 5, 3, 2, 4, 4, 9, 8, 7, 6, 0)]

    tavern.unpublished = shuffled
    tavern.publish()
    tavern.say()

    assert browser.hear_until(cursor(tavern), 11) == list(range(1, 12))


def test_numbers_that_do_not_continue_are_incomplete_in_their_channel_only(
    relay: Relay, hero: Reader, tavern: Room
) -> None:
    hero.tell(2)
    tavern.say(250)

    future = connect(relay, hero, after=2, cursors=[cursor(tavern, 999)])
    far_behind = connect(relay, hero, after=2, cursors=[cursor(tavern, 0)])
    tavern.say()

    for browser in (future, far_behind):
        assert browser.hear_until(cursor(tavern), 251) == [251]
        assert browser.hello["complete"] is True
        assert browser.hellos[cursor(tavern)]["complete"] is False
        assert browser.hellos[cursor(tavern)]["last_id"] == 250


def test_two_in_one_room_hear_the_same_and_a_room_beside_it_nothing(
    relay: Relay, hero: Reader, tavern: Room
) -> None:
    friend, other = reader(hero.company_id, "user_friend"), reader(hero.company_id, "user_other")
    tavern.enter(friend.member_id)
    beside = room(hero.company_id, next(_numbers), other.member_id)
    browsers = [connect(relay, one, cursors=[cursor(tavern)]) for one in (hero, friend)]
    apart = connect(relay, other, after=0, cursors=[cursor(beside)])

    tavern.say(3)
    beside.say()

    assert [one.hear_until(cursor(tavern), 3) for one in browsers] == [[1, 2, 3]] * 2
    assert apart.hear_until(cursor(beside), 1) == [1]
    assert set(apart.heard) == {cursor(beside)}


def test_a_channel_one_may_not_follow_is_refused_and_the_rest_goes_on(
    relay: Relay, hero: Reader, tavern: Room
) -> None:
    outsider = reader(hero.company_id, "user_outsider")
    foreigner = reader("biz_elsewhere")
    there = room("biz_elsewhere", next(_numbers), foreigner.member_id)
    hers = f"member:{hero.member_id}"
    asked = [cursor(tavern, 0), cursor(there, 0), "room:999999", "cellar:1"]
    hero.tell()
    tavern.say()

    browser = connect(relay, outsider, after=0, cursors=asked)
    nosy = connect(relay, outsider, after=0, cursors=[f"{hers}:0"])
    refused = [browser.is_told("disconnected", name.removesuffix(":0")) for name in asked]
    tavern.say()
    there.say()
    hero.tell()
    outsider.tell(2)

    assert refused == [True] * 4
    assert browser.read_until(2) == [1, 2]
    assert nosy.read_until(2) == [1, 2]
    assert not any(browser.heard.values())
    assert not any(nosy.heard.values())


def test_who_is_shown_out_hears_no_more_and_keeps_the_notices(
    relay: Relay, hero: Reader, tavern: Room
) -> None:
    friend = reader(hero.company_id, "user_friend")
    tavern.enter(friend.member_id)
    staying = connect(relay, friend, cursors=[cursor(tavern, 0)])
    browser = connect(relay, hero, after=0, cursors=[cursor(tavern, 0)])
    tavern.say()
    browser.hear_until(cursor(tavern), 1)

    tavern.leave(hero.member_id)
    shown_out = browser.is_told("disconnected", cursor(tavern), seconds=13)
    tavern.say()
    hero.tell()

    assert shown_out
    assert browser.read_until(1) == [1]
    assert browser.heard[cursor(tavern)] == [1]
    assert staying.hear_until(cursor(tavern), 2) == [1, 2]


def test_no_more_than_four_channels_beside_the_own_one(relay: Relay, hero: Reader) -> None:
    rooms = [room(hero.company_id, next(_numbers), hero.member_id) for _ in range(6)]

    asked = [cursor(one) for one in [rooms[0], *rooms]]
    browser = connect(relay, hero, after=0, cursors=asked)
    for one in rooms:
        one.say()
    hero.tell()
    browser.read_until(1)
    for one in rooms[:4]:
        browser.hear_until(cursor(one), 1)

    assert list(browser.hellos) == [cursor(one) for one in rooms[:4]]
    assert [browser.heard[cursor(one)] for one in rooms] == [[1]] * 4 + [[]] * 2


@pytest.mark.parametrize(
    "nonsense",
    ["", ":", "room", "room:", "room:x", ":1:2", "room:-1", "r%00m:1", "room:" + "9" * 19],
)
def test_nonsense_asks_for_no_channel(relay: Relay, hero: Reader, nonsense: str) -> None:
    browser = connect(relay, hero, after=0, cursors=[nonsense])

    hero.tell()

    assert browser.read_until(1) == [1]
    assert browser.hellos == {}
    assert not [frame for frame in browser.others if frame["type"] == "disconnected"]


def test_a_browser_that_does_not_read_a_room_is_cut_and_resumes_both_channels(
    relay: Relay, hero: Reader, tavern: Room
) -> None:
    slow = sleeping(relay, hero, f"&cursor={cursor(tavern, 0)}")
    hero.tell()
    tavern.say(100, words=LARGE)

    time.sleep(6.5)
    slow.read_to_end()
    heard = list(slow.heard[cursor(tavern)])
    after = max(slow.seen, default=0)
    resumed = connect(relay, hero, after=after, cursors=[cursor(tavern, len(heard))])
    resumed.hear_until(cursor(tavern), 100)

    assert slow.code in (1006, 4008)
    assert heard == list(range(1, len(heard) + 1))
    assert len(heard) < 100
    assert heard + resumed.heard[cursor(tavern)] == list(range(1, 101))
    assert slow.seen + resumed.seen == [1]


def test_only_the_members_own_number_is_an_event_streams_id(
    relay: Relay, hero: Reader, tavern: Room
) -> None:
    hero.tell()
    tavern.say()

    stream = Stream(relay, hero.ticket(), f"&after=0&cursor={cursor(tavern, 0)}")
    told = (event for event in iter(stream.event, None) if "presence" not in event["data"])
    events = list(itertools.islice(told, 4))

    assert [event.get("id") for event in events] == [None, "1", None, None]
    assert ["channel" in event["data"] for event in events] == [False, False, True, True]
