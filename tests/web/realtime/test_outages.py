"""What a browser sees of restarts and outages: its numbers go on, nothing twice, nothing lost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import redis

from game.services.members import tickets
from game.services.notices import channels
from game.services.platform.redis_client import client
from models.session import WORKER, transaction
from tests.support.faults import Controlled
from tests.support.news import Reader, reader
from tests.support.relays import Relay, connect, running_relay
from tests.support.waiting import eventually
from tests.web.realtime.conftest import installed


def test_a_stopped_relay_sends_everybody_away_with_1012_and_ends(own_relay: Relay) -> None:
    browsers = [connect(own_relay, reader("biz_a", f"user_{n}")) for n in range(20)]

    began = time.monotonic()
    own_relay.process.terminate()
    codes = {browser.read_to_end() for browser in browsers}
    own_relay.process.wait(10)

    assert codes == {1012}
    assert time.monotonic() - began < 6


def test_a_killed_relay_costs_a_browser_nothing(own_relay: Relay) -> None:
    hero = reader("biz_a")
    before = connect(own_relay, hero, after=0)
    hero.tell(2)
    before.read_until(2)

    for worker in psutil.Process(own_relay.process.pid).children():
        worker.kill()
    hero.tell(3)
    before.read_to_end()
    assert eventually(lambda: _answers(own_relay))
    after = connect(own_relay, hero, after=before.seen[-1])
    hero.tell()

    assert before.code == 1006
    assert before.seen + after.read_until(6) == [1, 2, 3, 4, 5, 6]


def test_a_restored_database_makes_everybody_greet_anew(own_relay: Relay) -> None:
    hero = reader("biz_a")
    hero.tell(3)
    browser = connect(own_relay, hero, after=3)

    with transaction(WORKER) as tx:
        tx.run("UPDATE epoch SET value = 'restored'")
    code = browser.read_to_end(seconds=13)
    again = connect(own_relay, hero, after=3, epoch=browser.hello["epoch"])

    assert code == 1012
    assert again.hello == {"last_id": 3, "complete": False, "epoch": "restored"}


def test_without_redis_open_sockets_still_hear_and_then_go_on_live(
    own_valkey: Controlled, database: str, tmp_path: Path
) -> None:
    with over(database, own_valkey.url, tmp_path) as relay:
        hero = reader("biz_a")
        browser = connect(relay, hero, after=0)
        hero.tell(2)
        browser.read_until(2)

        own_valkey.kill()
        hero.note(3)
        with pytest.raises(redis.RedisError):
            hero.publish()
        with pytest.raises(tickets.RealtimeUnavailable):
            hero.ticket()
        heard_without = list(browser.read_until(5, seconds=13))
        own_valkey.start()
        assert eventually(lambda: relay.figure("legends_relay_redis_up") == 1)
        hero.tell()
        began = time.monotonic()
        heard_after = browser.read_until(6)

        assert heard_without == [1, 2, 3, 4, 5]
        assert heard_after == [1, 2, 3, 4, 5, 6]
        assert time.monotonic() - began < 5
        assert connect(relay, hero, after=6).hello["complete"] is True


def test_what_was_published_while_the_subscription_was_away_comes_at_once_after_it(
    own_valkey: Controlled, database: str, tmp_path: Path
) -> None:
    with over(database, own_valkey.url, tmp_path) as relay:
        hero = reader("biz_a")
        browser = connect(relay, hero, after=0)
        losses = relay.figure("legends_relay_redis_losses_total")

        client().execute_command(  # type: ignore[no-untyped-call]
            "CLIENT", "KILL", "TYPE", "pubsub"
        )
        hero.tell(2)
        began = time.monotonic()
        heard = browser.read_until(2)

        assert heard == [1, 2]
        assert time.monotonic() - began < 3
        assert relay.figure("legends_relay_redis_losses_total") == losses + 1


def test_a_frozen_redis_is_noticed_and_refuses_tickets_within_three_seconds(
    own_valkey: Controlled, database: str, tmp_path: Path
) -> None:
    with over(database, own_valkey.url, tmp_path) as relay:
        hero = reader("biz_a")
        browser = connect(relay, hero, after=0)

        own_valkey.freeze()
        began = time.monotonic()
        with pytest.raises(tickets.RealtimeUnavailable):
            hero.ticket()
        refused_after = time.monotonic() - began
        hero.note(2)
        heard = list(browser.read_until(2, seconds=13))
        own_valkey.thaw()
        hero.tell()

        assert refused_after < 3
        assert heard == [1, 2]
        assert browser.read_until(3, seconds=13) == [1, 2, 3]


def test_without_postgres_sockets_stay_and_the_gap_is_filled_afterwards(
    own_postgres: Controlled, redis_url: str, tmp_path: Path
) -> None:
    with over(own_postgres.url, redis_url, tmp_path, migrate=True) as relay:
        hero = reader("biz_a")
        browser = connect(relay, hero, after=0)
        hero.note(2)
        missed, hero.unpublished = hero.unpublished, []
        hero.note(1)

        own_postgres.freeze()
        _publish_only(hero)
        silence = browser.read(3)
        while silence is not None and silence["type"] == "presence":
            silence = browser.read(3)
        own_postgres.thaw()

        assert missed
        assert silence is None
        assert browser.code == 0
        assert browser.read_until(3) == [1, 2, 3]


@contextmanager
def over(database: str, redis_url: str, home: Path, *, migrate: bool = False) -> Iterator[Relay]:
    """A relay over the given servers, and this process with it."""
    values = {"DATABASE_URL": database, "REDIS_URL": redis_url, "CELERY_BROKER_URL": redis_url}
    with installed(values):
        if migrate:
            command = [sys.executable, "-m", "cli.main", "db", "upgrade"]
            subprocess.run(command, check=True, env=dict(os.environ))
        with running_relay(home) as relay:
            yield relay


def _publish_only(hero: Reader) -> None:
    """Publish what is noted without touching Postgres."""
    for message in hero.unpublished:
        for _, text in message.frames:
            client().publish(channels.of_member(message.company_id, message.member_id), text)


def _answers(relay: Relay) -> bool:
    try:
        relay.figure("legends_relay_connections")
    except OSError:
        return False
    return True
