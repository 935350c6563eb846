"""What killed workers leave at the broker goes; what living ones use stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import redis

from game.services.scheduled import heartbeats
from settings import Settings
from tests.support.waiting import eventually
from tests.support.workers import legends
from workers.app import KEY_PREFIX, current
from workers.leftovers import GONE_AFTER, sweep
from workers.queues import OWN_SECONDS, own_queue

SEPARATOR = "\x06\x16"


@pytest.fixture(autouse=True)
def _app_of_these_settings(settings: Settings) -> None:
    current.cache_clear()


def test_nothing_stays_of_a_worker_that_was_killed_three_times(
    settings: Settings, tmp_path: Path
) -> None:
    broker = redis.Redis.from_url(settings.broker_url, decode_responses=True)
    for turn in range(3):
        with legends(tmp_path / str(turn), "worker", "--name", f"node{turn}") as worker:
            assert eventually(lambda: "ready." in worker.said(), 90), worker.said()
            for child in reversed(worker.children()):
                child.kill()
            worker.process.kill()
        options: dict[str, Any] = {"queue": own_queue(f"node{turn}@here")}
        current().send_task("workers.heartbeat", **options)

    keys = sorted(broker.scan_iter("*node*"))
    assert keys == [f"{KEY_PREFIX}node{turn}@here.own" for turn in range(3)]
    assert all(0 < broker.ttl(key) <= OWN_SECONDS for key in keys)
    assert members(broker, "C.dq2") == set()
    # The second and the third have cleared up behind the ones before; somebody does after the last.
    assert sweep(current(), datetime.now(UTC) + GONE_AFTER) >= 1
    assert members(broker, "celery.pidbox") == set()


def test_only_bindings_of_workers_without_a_sign_of_life_are_taken_away(
    settings: Settings,
) -> None:
    now = datetime.now(UTC)
    broker = redis.Redis.from_url(settings.broker_url, decode_responses=True)
    names = ("living@a", "gone@a", "never@a")
    bind(broker, "celery.pidbox", *(f"{name}.celery.pidbox" for name in names))
    heartbeats.note(["worker:living@a"], now - GONE_AFTER + timedelta(seconds=1))
    heartbeats.note(["worker:gone@a"], now - GONE_AFTER - timedelta(seconds=1))

    assert sweep(current(), now) == 2

    assert members(broker, "celery.pidbox") == {"living@a.celery.pidbox"}
    assert sweep(current(), now) == 0


def test_bindings_of_the_former_exchange_are_taken_away(settings: Settings) -> None:
    broker = redis.Redis.from_url(settings.broker_url, decode_responses=True)
    bind(broker, "C.dq2", "work-1@host.dq2")
    broker.lpush(f"{KEY_PREFIX}work-1@host.dq2", "a")

    assert sweep(current()) == 1

    assert list(broker.scan_iter("*dq2*")) == []


def bind(broker: redis.Redis, exchange: str, *queues: str) -> None:
    for queue in queues:
        for table in ("binding", "binding_permanent"):
            key = f"{KEY_PREFIX}_kombu.{table}.{exchange}"
            broker.sadd(key, SEPARATOR.join(["", "", queue]))


def members(broker: redis.Redis, exchange: str) -> set[str]:
    """The queues bound to an exchange."""
    found = broker.smembers(f"{KEY_PREFIX}_kombu.binding.{exchange}")
    return {str(each).rpartition(SEPARATOR)[2] for each in found}
