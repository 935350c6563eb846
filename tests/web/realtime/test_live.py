"""From a committed notice to the browser: each number once, in order, whatever goes missing."""

from __future__ import annotations

from game.services.platform.redis_client import client
from tests.support.news import reader
from tests.support.relays import Relay, connect


def test_a_notice_reaches_the_browser_with_the_next_number(relay: Relay, company: str) -> None:
    hero = reader(company)
    browser = connect(relay, hero, after=0)

    hero.tell(3)

    assert browser.hello["last_id"] == 0
    assert browser.hello["complete"] is True
    assert browser.read_until(3) == [1, 2, 3]


def test_who_comes_back_gets_what_was_missed_and_then_the_live_frames(
    relay: Relay, company: str
) -> None:
    hero = reader(company)
    hero.tell(50)

    browser = connect(relay, hero, after=20)
    hero.tell(5)

    assert browser.hello == {"last_id": 50, "complete": True, "epoch": browser.hello["epoch"]}
    assert browser.read_until(55) == list(range(21, 56))


def test_a_lost_publish_is_made_up_for_by_the_next_one(relay: Relay, company: str) -> None:
    hero = reader(company)
    browser = connect(relay, hero, after=0)
    hero.note(4)
    hero.unpublished.clear()

    hero.tell()

    assert browser.read_until(5, seconds=3) == [1, 2, 3, 4, 5]


def test_a_lost_last_publish_arrives_by_the_comparison_with_postgres(
    relay: Relay, company: str
) -> None:
    hero = reader(company)
    browser = connect(relay, hero, after=0)

    hero.note(2)

    assert browser.read_until(2, seconds=13) == [1, 2]


def test_doubled_and_reordered_publishes_show_each_number_once_in_order(
    relay: Relay, company: str
) -> None:
    hero = reader(company)
    browser = connect(relay, hero, after=0)
    for _ in range(10):
        hero.note()
    shuffled = [hero.unpublished[at] for at in (1, 0, 1, 5, 3, 2, 4, 4, 9, 8, 7, 6, 0)]

    hero.unpublished = shuffled
    hero.publish()
    hero.tell()

    assert browser.read_until(11) == list(range(1, 12))


def test_a_burst_larger_than_the_queue_reaches_a_browser_that_reads(
    relay: Relay, company: str
) -> None:
    hero = reader(company)
    browser = connect(relay, hero, after=0)

    for _ in range(10):
        hero.note(200)
    hero.publish()

    assert browser.read_until(2000) == list(range(1, 2001))


def test_who_missed_too_much_is_told_to_fetch_the_state(relay: Relay, company: str) -> None:
    hero = reader(company)
    hero.tell(250)

    browser = connect(relay, hero, after=0)
    hero.tell()

    assert browser.hello["complete"] is False
    assert browser.hello["last_id"] == 250
    assert browser.read_until(251) == [251]


def test_another_epoch_or_a_number_of_the_future_is_not_complete(
    relay: Relay, company: str
) -> None:
    hero = reader(company)
    hero.tell(3)

    strange_epoch = connect(relay, hero, after=3, epoch="another")
    future = connect(relay, hero, after=9)
    known = connect(relay, hero, after=3, epoch=future.hello["epoch"])

    assert strange_epoch.hello["complete"] is False
    assert future.hello["complete"] is False
    assert known.hello["complete"] is True


def test_two_companies_never_hear_each_other(relay: Relay, company: str) -> None:
    here, there = reader(company, "user_both"), reader("biz_other", "user_both")
    browser_here, browser_there = connect(relay, here, after=0), connect(relay, there, after=0)

    here.tell(2, text="for a")
    there.tell(1, text="for b")
    client().publish(f"wl:c:{company}", '{"type": "company_news", "data": {"for": "a"}}')
    here.tell()
    there.tell()

    assert browser_here.read_until(3) == [1, 2, 3]
    assert browser_there.read_until(2) == [1, 2]
    assert "company_news" in [frame["type"] for frame in browser_here.others]
    assert "company_news" not in [frame["type"] for frame in browser_there.others]


def test_presence_counts_the_connections_of_the_company(relay: Relay, company: str) -> None:
    first, second = reader(company, "user_1"), reader(company, "user_2")
    stranger = reader("biz_other", "user_3")
    browser = connect(relay, first)
    others = [connect(relay, second), connect(relay, second), connect(relay, stranger)]

    counts = [frame["data"]["online"] for frame in iter(lambda: browser.read(3), None)]
    others.pop(0).close()

    assert counts[-1] == 3
    assert (browser.read(5) or {})["data"] == {"online": 2}


def test_what_is_no_frame_on_a_channel_harms_nobody(relay: Relay, company: str) -> None:
    hero = reader(company)
    browser = connect(relay, hero, after=0)
    channel = f"wl:n:{hero.company_id}:{hero.member_id}"

    for payload in (b"", b"\xff", b"[]", b'{"id": "one"}', b'{"id": -3}', b'{"id": true}', b"12"):
        client().publish(channel, payload)
    hero.tell()

    assert browser.read_until(1) == [1]
