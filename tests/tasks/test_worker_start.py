"""A worker starts only with queues it may consume, and never touches the dead letters' mirror."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis

from settings import Settings
from tests.support.waiting import eventually
from tests.support.workers import all_handled, celery, deliver, legends, states
from workers.app import KEY_PREFIX, current
from workers.guards import REFUSED
from workers.queues import DEAD


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((), "needs its queues"),
        (("-Q", "inbox,legends.dead"), "No worker may consume legends.dead"),
        (("-X", "legends.dead"), "needs its queues"),
    ],
)
def test_worker_refuses_to_start_without_safe_queues(
    settings: Settings, tmp_path: Path, arguments: tuple[str, ...], reason: str
) -> None:
    with celery(tmp_path / "log", "worker", *arguments) as worker:
        code = worker.process.wait(60)

    assert code == REFUSED
    assert reason in worker.said()


def test_refused_worker_ends_legends_worker_instead_of_looping(
    settings: Settings, tmp_path: Path
) -> None:
    with legends(tmp_path / "log", "worker", "-Q", "legends.dead") as worker:
        code = worker.process.wait(60)

    assert code == REFUSED


def test_running_worker_drains_inbox_and_leaves_the_mirror(
    settings: Settings, tmp_path: Path
) -> None:
    broker = redis.Redis.from_url(settings.broker_url)
    broker.lpush(KEY_PREFIX + DEAD, "one", "two", "three")
    deliver(5)

    with legends(tmp_path / "log", "worker") as worker:
        current.cache_clear()
        current().send_task("inbox.drain")

        assert eventually(lambda: all_handled(5), 90), states()
        # The log is set up before its first line: all lines tell the time alike.
        [checked] = [line for line in worker.said().splitlines() if "broker_checked" in line]
        assert checked[10] == "T"
        assert broker.llen(KEY_PREFIX + DEAD) == 3


def test_worker_refuses_broker_that_evicts_queues(
    settings: Settings, broker_url: str, tmp_path: Path
) -> None:
    broker = redis.Redis.from_url(broker_url)
    before = str(broker.config_get("maxmemory-policy")["maxmemory-policy"])
    broker.config_set("maxmemory-policy", "allkeys-lru")
    try:
        with celery(tmp_path / "log", "worker", "-Q", "inbox") as worker:
            code = worker.process.wait(60)
    finally:
        broker.config_set("maxmemory-policy", before)

    assert code == REFUSED
    assert "allkeys-lru" in worker.said()
