"""What is sent after a commit: few wake-ups for many deliveries, and nobody waits for a broker."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import redis

from models.outgoing import Channel, Frames, RunTask, Wake
from settings import Settings
from tests.support.faults import Controlled
from workers.app import KEY_PREFIX, make_app
from workers.metrics import SENDING_FAILED
from workers.sender import Carrier, Sender


@pytest.fixture
def sender(settings: Settings) -> Iterator[Sender]:
    sender = Sender(make_app(settings))
    yield sender
    sender.flush()


def waiting(url: str, queue: str = "inbox") -> int:
    with redis.Redis.from_url(url) as broker:
        return int(broker.llen(KEY_PREFIX + queue))


def test_thousand_wakes_leave_one_message_while_nobody_takes_it(
    settings: Settings, sender: Sender
) -> None:
    for _ in range(1000):
        sender([Wake()])

    assert sender.flush(5)
    assert waiting(settings.broker_url) == 1


def test_wake_after_the_last_one_was_taken_is_sent_again(
    settings: Settings, sender: Sender
) -> None:
    sender([Wake()])
    sender.flush(5)
    with redis.Redis.from_url(settings.broker_url) as broker:
        broker.delete(KEY_PREFIX + "inbox")

    sender([Wake()])

    assert sender.flush(5)
    assert waiting(settings.broker_url) == 1


def test_task_goes_to_the_queue_of_its_name(settings: Settings, sender: Sender) -> None:
    sender([RunTask("commissions.release", {"scheduled_for": "2026-11-22T12:00:00+00:00"})])

    assert sender.flush(5)
    assert waiting(settings.broker_url, "jobs") == 1
    assert waiting(settings.broker_url) == 0


def test_frozen_broker_makes_nobody_wait(settings: Settings, own_valkey: Controlled) -> None:
    sender = Sender(make_app(replace(settings, broker_url=own_valkey.url)))
    own_valkey.freeze()
    try:
        began = time.monotonic()
        for _ in range(100):
            sender([Wake(), RunTask("commissions.release", {"scheduled_for": ""})])
        took = time.monotonic() - began
    finally:
        own_valkey.thaw()

    assert took < 0.5


def test_absent_broker_is_counted_and_does_not_stop_the_carrier(
    settings: Settings, own_valkey: Controlled
) -> None:
    sender = Sender(make_app(replace(settings, broker_url=own_valkey.url)))
    before = SENDING_FAILED.labels("broker")._value.get()
    own_valkey.stop()
    sender([Wake()])
    assert sender.flush(20)
    failed = SENDING_FAILED.labels("broker")._value.get() - before
    own_valkey.start()

    sender([Wake()])

    assert sender.flush(20)
    assert failed >= 1
    assert waiting(own_valkey.url) == 1


def test_slow_broker_does_not_hold_up_frames(settings: Settings) -> None:
    sender = Sender(make_app(settings))
    released, published = threading.Event(), threading.Event()
    sender._broker = Carrier("broker", lambda _: released.wait(5))
    sender._frames = Carrier("frames", lambda _: published.set())

    sender([Wake(), Frames(Channel("biz_a", "member", 1), [(1, "{}")])])

    assert published.wait(2)
    released.set()


def test_full_carrier_drops_and_counts_instead_of_blocking() -> None:
    stuck = threading.Event()
    carrier = Carrier("test", lambda _: stuck.wait(5), room=2)
    before = SENDING_FAILED.labels("test")._value.get()

    for _ in range(10):
        carrier.give(object())
    stuck.set()

    assert SENDING_FAILED.labels("test")._value.get() - before >= 7
