"""Beat is single and made up for; the poller needs nothing but Postgres."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis
from sqlalchemy.exc import DBAPIError

import settings as settings_module
from cli.token import open_session
from game.services.platform import redis_client
from game.services.referrals import click_spool, links
from game.services.referrals.click_spool import Followed
from models.session import WORKER, engine, transaction
from settings import Settings
from tests.support.faults import Controlled
from tests.support.waiting import eventually
from tests.support.workers import all_handled, deliver, legends, program, states
from workers.app import KEY_PREFIX
from workers.deadline import deadline
from workers.queues import CONSUMED

pytestmark = pytest.mark.faults
NOBODY = "redis://127.0.0.1:1/0"


def heartbeats_sent(url: str) -> list[int]:
    """Heartbeats in each queue: every ten-second tick of a beat adds one, nobody takes them.

    What is published by the minute shares the queues and is left out.
    """
    with redis.Redis.from_url(url) as broker:
        queues = [broker.lrange(KEY_PREFIX + name, 0, -1) for name in CONSUMED]
    return [
        sum(json.loads(message)["headers"]["task"] == "workers.heartbeat" for message in messages)
        for messages in queues
    ]


def ticks() -> list[tuple[str, bool]]:
    with transaction(WORKER) as tx:
        rows = tx.rows("SELECT job, finished_at IS NOT NULL FROM job_tick")
        return [(row[0], row[1]) for row in rows]


def test_second_beat_stands_by_and_takes_over_when_the_first_dies(
    settings: Settings, tmp_path: Path
) -> None:
    with ExitStack() as both:
        first = both.enter_context(legends(tmp_path / "one", "beat"))
        assert eventually(lambda: "beat_leads" in first.said(), 60)
        second = both.enter_context(legends(tmp_path / "two", "beat"))
        assert eventually(lambda: "beat: Starting" in second.said(), 60)
        led_early = eventually(lambda: "beat_leads" in second.said(), 3)

        os.kill(first.process.pid, signal.SIGKILL)

        assert not led_early
        assert eventually(lambda: "beat_leads" in second.said(), 15)


def test_two_beats_publish_each_tick_once(settings: Settings, tmp_path: Path) -> None:
    with ExitStack() as both:
        beats = [both.enter_context(legends(tmp_path / name, "beat")) for name in ("one", "two")]
        assert eventually(lambda: all("beat: Starting" in beat.said() for beat in beats), 60)
        before = heartbeats_sent(settings.broker_url)

        ticked = eventually(lambda: heartbeats_sent(settings.broker_url) != before, 15)
        time.sleep(1.5)  # a second beat would publish the same tick by now

        assert ticked
        assert heartbeats_sent(settings.broker_url) == [count + 1 for count in before]


def test_poll_settles_everything_and_ticks_jobs_while_the_broker_is_gone(
    settings: Settings, tmp_path: Path
) -> None:
    deliver(30)
    with legends(tmp_path / "log", "poll", CELERY_BROKER_URL=NOBODY) as poll:
        assert eventually(lambda: all_handled(30), 60), poll.said()
        assert eventually(lambda: ("commissions.release", True) in ticks(), 30), poll.said()


def test_poll_moves_the_clicks_that_wait_in_redis(settings: Settings, tmp_path: Path) -> None:
    redis_client.client.cache_clear()
    now = datetime.now(UTC)
    member = open_session("biz_1", "user_1", "member", now).member_id
    code = links.generate("biz_1", member, now).code
    click_spool.put(Followed("ck_1", code, now, "203.0.113.7", "Firefox"), wait_ms=2000)

    def moved() -> bool:
        with transaction(WORKER) as tx:
            return tx.rows("SELECT token, at FROM click") == [("ck_1", now)]

    with legends(tmp_path / "log", "poll", CELERY_BROKER_URL=NOBODY) as poll:
        assert eventually(moved, 60), poll.said()
        assert eventually(lambda: click_spool.depth() == 0, 30)


def test_poll_wakes_the_workers_where_the_broker_answers(
    settings: Settings, tmp_path: Path
) -> None:
    deliver(3)

    with legends(tmp_path / "log", "poll"), redis.Redis.from_url(settings.broker_url) as broker:
        assert eventually(lambda: broker.llen(KEY_PREFIX + "inbox") == 1, 60)


def test_poll_settles_what_woken_workers_do_not_take(settings: Settings, tmp_path: Path) -> None:
    deliver(3)

    with legends(tmp_path / "log", "poll") as poll:
        assert eventually(lambda: all_handled(3), 60), poll.said()

    assert "settled_without_workers" in poll.said()


def test_two_pollers_settle_each_delivery_once(settings: Settings, tmp_path: Path) -> None:
    deliver(40)
    with ExitStack() as both:
        for name in ("one", "two"):
            both.enter_context(legends(tmp_path / name, "poll", CELERY_BROKER_URL=NOBODY))
        assert eventually(lambda: all_handled(40), 60), states()

    with transaction(WORKER) as tx:
        assert tx.rows("SELECT count(*) FROM payment") == [(40,)]


@pytest.fixture
def on_own_postgres(
    settings: Settings, own_postgres: Controlled, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Controlled]:
    """A migrated Postgres of this test alone, which this process and its children use."""
    monkeypatch.setenv("DATABASE_URL", own_postgres.url)
    with program(tmp_path / "db", "cli.main", "db", "upgrade") as migrating:
        assert migrating.process.wait(60) == 0
    forget()
    yield own_postgres
    forget()


def forget() -> None:
    """Read the environment again, and open new connections by it."""
    settings_module.current.cache_clear()
    engine.cache_clear()


def ask_frozen(postgres: Controlled) -> None:
    """Ask a server that froze after the transaction began."""
    with transaction(WORKER) as tx:
        postgres.freeze()
        with deadline(1):
            tx.rows("SELECT 1")


def test_deadline_ends_a_wait_for_a_frozen_postgres(on_own_postgres: Controlled) -> None:
    began = time.monotonic()

    with pytest.raises(DBAPIError):
        ask_frozen(on_own_postgres)

    took = time.monotonic() - began
    on_own_postgres.thaw()
    assert took < 5


def test_poll_outlives_a_frozen_and_a_restarted_postgres(
    on_own_postgres: Controlled, tmp_path: Path
) -> None:
    with legends(tmp_path / "log", "poll", CELERY_BROKER_URL=NOBODY) as poll:
        assert eventually(lambda: "poll_begins" in poll.said(), 60)
        on_own_postgres.freeze()
        noticed = eventually(lambda: "OperationalError" in poll.said(), 30)
        on_own_postgres.thaw()
        deliver(3)
        thawed = eventually(lambda: all_handled(3), 30)
        on_own_postgres.stop_immediately()
        on_own_postgres.start()
        engine().dispose()
        deliver(3)

        assert noticed, poll.said()
        assert thawed, poll.said()
        assert eventually(lambda: all_handled(6), 30), poll.said()
