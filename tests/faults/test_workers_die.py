"""Killed workers, forgetful brokers, poisonous messages: nothing is lost, nothing doubled."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from game.services.scheduled.heartbeats import last
from models.session import WORKER, transaction
from settings import Settings
from tests.support.faults import Controlled
from tests.support.waiting import eventually
from tests.support.workers import Running, all_handled, deliver, legends, states
from workers.app import KEY_PREFIX, current

pytestmark = pytest.mark.faults


@pytest.fixture(autouse=True)
def own_app(settings: Settings) -> Iterator[None]:
    """The Celery app of this test's settings."""
    current.cache_clear()
    yield
    current.cache_clear()


def facts() -> int:
    with transaction(WORKER) as tx:
        return int(tx.rows("SELECT count(*) FROM payment")[0][0])


def main_process(worker: Running) -> psutil.Process:
    """Celery's own main process, the child of our watchdog."""
    return worker.children(deep=False)[0]


def is_replaced(worker: Running, old: int) -> bool:
    """True once the watchdog runs another main process."""
    return any(child.pid != old for child in worker.children(deep=False))


def ready(worker: Running) -> bool:
    return "ready." in worker.said()


def held_up(settings: Settings) -> psycopg2.extensions.connection:
    """A connection that lets nobody write a payment, so that batches stand still in the middle."""
    blocker = psycopg2.connect(settings.database_url.replace("+psycopg2", ""))
    blocker.cursor().execute("LOCK TABLE payment IN EXCLUSIVE MODE")
    return blocker


def attempts() -> list[int]:
    """The different numbers of attempts in the inbox."""
    with transaction(WORKER) as tx:
        rows = tx.rows("SELECT DISTINCT attempts FROM inbox ORDER BY 1")
        return [row[0] for row in rows]


def in_a_batch() -> bool:
    with transaction(WORKER) as tx:
        return bool(tx.rows("SELECT 1 FROM settlement_run"))


def test_killed_pool_child_costs_an_attempt_and_its_batch_is_settled_elsewhere(
    settings: Settings, tmp_path: Path
) -> None:
    with ExitStack() as parts:
        worker = parts.enter_context(legends(tmp_path / "worker", "worker"))
        poll = parts.enter_context(legends(tmp_path / "poll", "poll"))
        assert eventually(lambda: ready(worker), 60), worker.said()
        assert eventually(lambda: "poll_begins" in poll.said(), 60), poll.said()
        blocker = held_up(settings)
        deliver(5)
        current().send_task("inbox.drain")
        assert eventually(in_a_batch, 30)
        for child in main_process(worker).children():
            child.kill()
        counted = eventually(lambda: attempts() == [1], 30)
        blocker.close()

        assert counted, attempts()
        assert eventually(lambda: all_handled(5), 60), states()
    assert facts() == 5


def test_killed_worker_comes_back_and_loses_nothing(settings: Settings, tmp_path: Path) -> None:
    with ExitStack() as parts:
        worker = parts.enter_context(legends(tmp_path / "worker", "worker"))
        parts.enter_context(legends(tmp_path / "poll", "poll"))
        assert eventually(lambda: ready(worker), 60), worker.said()
        for _ in range(3):
            deliver(20)
            current().send_task("inbox.drain")
            celery = main_process(worker)
            os.killpg(celery.pid, signal.SIGKILL)
            assert eventually(partial(is_replaced, worker, celery.pid), 30)

        assert eventually(lambda: all_handled(60), 60), states()

    assert facts() == 60


def test_broker_that_forgets_everything_loses_nothing(settings: Settings, tmp_path: Path) -> None:
    with ExitStack() as parts:
        parts.enter_context(legends(tmp_path / "worker", "worker"))
        poll = parts.enter_context(legends(tmp_path / "poll", "poll"))
        assert eventually(lambda: "poll_begins" in poll.said(), 60)
        with redis.Redis.from_url(settings.broker_url) as broker:
            for _ in range(5):
                deliver(10)
                current().send_task("inbox.drain")
                broker.flushall()

        assert eventually(lambda: all_handled(50), 60), states()

    assert facts() == 50


def test_broker_killed_and_started_again_is_used_again(
    settings: Settings, own_valkey: Controlled, tmp_path: Path
) -> None:
    with ExitStack() as parts:
        url = {"CELERY_BROKER_URL": own_valkey.url}
        worker = parts.enter_context(legends(tmp_path / "worker", "worker", **url))
        parts.enter_context(legends(tmp_path / "poll", "poll", **url))
        assert eventually(lambda: ready(worker), 60), worker.said()
        own_valkey.kill()
        deliver(10)
        without = eventually(lambda: all_handled(10), 60)
        own_valkey.start()
        deliver(10)

        assert without, states()
        assert eventually(lambda: all_handled(20), 60), states()
        assert eventually(lambda: consumers(own_valkey.url) > 0, 60)


def consumers(url: str) -> int:
    """How many clients wait in a BRPOP: workers that take messages again."""
    with redis.Redis.from_url(url) as broker:
        return sum(client["cmd"] == "brpop" for client in broker.client_list())


def envelope(task: str, body: str, kind: str = "json", encoding: str | None = None) -> str:
    """A message as it lies in Redis."""
    return json.dumps(
        {
            "body": body,
            "headers": {"task": task, "id": "1", "lang": "py", "retries": 0},
            "content-type": f"application/{kind}",
            "content-encoding": "utf-8",
            "properties": {
                "body_encoding": encoding,
                "delivery_tag": f"{task}{body}{kind}",
                "delivery_info": {"exchange": "", "routing_key": "inbox"},
            },
        }
    )


HOSTILE = (
    "not json at all",
    "{}",
    envelope("inbox.drain", "!!!", encoding="base64"),
    envelope("inbox.drain", "[1]"),
    envelope("inbox.drain", "{{{"),
    envelope("inbox.drain", '[[], {"more": 1}, {}]'),
    envelope("no.such.task", "[[], {}, {}]"),
    envelope("inbox.drain", "gASVAAAA", "x-python-serialize", "base64"),
)


def test_hostile_messages_end_at_most_the_worker_which_comes_back(
    settings: Settings, tmp_path: Path
) -> None:
    with ExitStack() as parts:
        worker = parts.enter_context(legends(tmp_path / "worker", "worker"))
        parts.enter_context(legends(tmp_path / "poll", "poll"))
        assert eventually(lambda: ready(worker), 60), worker.said()
        with redis.Redis.from_url(settings.broker_url) as broker:
            for message in HOSTILE:
                broker.lpush(KEY_PREFIX + "inbox", message)
            deliver(10)
            current().send_task("inbox.drain")

            assert eventually(lambda: all_handled(10), 60), states()
            assert eventually(lambda: not broker.llen(KEY_PREFIX + "inbox"), 90), worker.said()
        assert worker.process.poll() is None


def test_worker_drains_without_any_poller(settings: Settings, tmp_path: Path) -> None:
    with legends(tmp_path / "worker", "worker") as worker:
        assert eventually(lambda: ready(worker), 60), worker.said()
        deliver(10)
        current().send_task("inbox.drain")

        assert eventually(lambda: all_handled(10), 30), states()


def test_worker_answers_its_watchdog_through_its_own_queue(
    settings: Settings, tmp_path: Path
) -> None:
    with legends(tmp_path / "worker", "worker", "--name", "one") as worker:
        assert eventually(lambda: ready(worker), 60), worker.said()
        node = next(line for line in worker.said().splitlines() if "ready." in line).split()[-2]

        assert eventually(lambda: last(f"worker:{node}") is not None, 30), worker.said()


def test_leaving_worker_finishes_its_batch_and_costs_no_attempt(
    settings: Settings, tmp_path: Path
) -> None:
    with legends(tmp_path / "worker", "worker") as worker:
        assert eventually(lambda: ready(worker), 60), worker.said()
        blocker = held_up(settings)
        deliver(3)
        current().send_task("inbox.drain")
        assert eventually(in_a_batch, 30)
        worker.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        blocker.close()

        assert worker.process.wait(30) == 0
    assert all_handled(3), states()
    assert attempts() == [0]
