"""A followed link while Postgres or Redis is frozen or a row is held: on within a second, kept."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg2
import pytest
import redis

from cli.token import open_session
from game.services.platform import redis_client
from game.services.referrals import click_spool, links
from game.services.referrals.click_spool import ClickMover
from models import session
from models.session import WORKER, transaction
from tests.conftest import WEBHOOK_SECRET, forget_settings
from tests.support.faults import Controlled, controlled_postgres, controlled_valkey
from tests.support.waiting import eventually
from tests.support.web import RunningWeb, running_web

COMPANY = "biz_1"
LATEST = 1.3
"""A second for us; the rest is for a busy machine between the two clocks."""


@dataclass
class World:
    """One web part over servers that a test may hurt, and a member with a link."""

    web: RunningWeb
    postgres: Controlled
    valkey: Controlled
    code: str = ""
    member_id: int = 0

    def follow(self, browser: str = "Firefox") -> tuple[int, str, float]:
        """Follow the link: status, place, seconds."""
        began = time.perf_counter()
        answer = self.web.http.get(f"{self.web.url}/r/{self.code}", headers={"User-Agent": browser})
        return answer.status_code, answer.headers["Location"], time.perf_counter() - began


@pytest.fixture(scope="module")
def servers_and_web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("links")
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        postgres = stack.enter_context(controlled_postgres(folder / "postgres"))
        valkey = stack.enter_context(controlled_valkey(folder / "valkey"))
        values = {
            "LEGENDS_ENV": "test",
            "LEGENDS_HOME": str(folder / "home"),
            "DATABASE_URL": postgres.url,
            "REDIS_URL": valkey.url,
            "CELERY_BROKER_URL": valkey.url,
            "WHOP_WEBHOOK_SECRETS": WEBHOOK_SECRET,
        }
        for name, value in values.items():
            patch.setenv(name, value)
        _forget()
        subprocess.run([sys.executable, "-m", "cli.main", "db", "upgrade"], check=True)
        yield World(stack.enter_context(running_web(folder, values)), postgres, valkey)
    _forget()


@pytest.fixture
def world(servers_and_web: World) -> Iterator[World]:
    """A member whose code no process has seen yet; afterwards everything answers again."""
    world, now = servers_and_web, datetime.now(UTC)
    member = open_session(COMPANY, f"user_{time.monotonic_ns()}", "member", now)
    world.member_id = member.member_id
    world.code = links.generate(COMPANY, member.member_id, now).code
    yield world
    world.postgres.thaw()
    world.valkey.thaw()
    with redis.Redis.from_url(world.valkey.url) as client:
        assert eventually(lambda: bool(client.ping()))
        client.delete(click_spool.STREAM)
    assert eventually(lambda: _stored(world) >= 0)
    time.sleep(1.1)  # the web part asks Postgres again a second after it failed


def _forget() -> None:
    forget_settings()
    redis_client.client.cache_clear()
    session.engine.cache_clear()


def _all_moved() -> bool:
    ClickMover().move(datetime.now(UTC))
    return click_spool.depth() == 0


def _stored(world: World) -> int:
    with transaction(WORKER) as tx:
        rows = tx.rows("SELECT count(*) FROM click WHERE member_id = %s", (world.member_id,))
    return int(rows[0][0])


def _moments(world: World) -> list[datetime]:
    with transaction(WORKER) as tx:
        rows = tx.rows("SELECT at FROM click WHERE member_id = %s ORDER BY at", (world.member_id,))
    return [at for (at,) in rows]


def _facts(world: World) -> int:
    with transaction(WORKER) as tx:
        sql = "SELECT count(*) FROM member_fact WHERE kind = 'click' AND member_id = %s"
        return int(tx.rows(sql, (world.member_id,))[0][0])


@pytest.mark.parametrize("lock", ["FOR UPDATE", "FOR NO KEY UPDATE"])
def test_a_held_member_costs_no_click_and_no_patience(world: World, lock: str) -> None:
    with closing(psycopg2.connect(world.postgres.url)) as holder:
        holder.cursor().execute(f"SELECT FROM member WHERE id = {world.member_id} {lock}")
        began = datetime.now(UTC)
        answers = [world.follow(browser) for browser in ("Firefox", "Chrome", "Firefox")]
        ended = datetime.now(UTC)
        ClickMover().move(datetime.now(UTC))  # still held: what is blocked stays
        holder.rollback()
    assert eventually(_all_moved)

    assert {status for status, _, _ in answers} == {302}
    assert max(seconds for _, _, seconds in answers) < LATEST
    assert (_stored(world), _facts(world)) == (3, 2)
    assert all(began <= at <= ended for at in _moments(world))


def test_a_frozen_postgres_costs_no_click_and_no_patience(world: World) -> None:
    world.postgres.freeze()
    answers = [world.follow(browser) for browser in ("Firefox", "Chrome")]
    world.postgres.thaw()
    assert eventually(_all_moved)

    assert {(status, place) for status, place, _ in answers} == {(302, links.WHOP)}
    assert max(seconds for _, _, seconds in answers) < LATEST
    assert (_stored(world), _facts(world)) == (2, 2)


def test_a_frozen_redis_costs_no_click_and_no_patience(world: World) -> None:
    world.valkey.freeze()
    status, place, seconds = world.follow()
    world.valkey.thaw()

    assert (status, "wl_ref=ck_" in place) == (302, True)
    assert seconds < LATEST
    assert _stored(world) == 1


def test_without_either_the_visitor_gets_on_and_one_line_tells(world: World) -> None:
    before = world.web.log.read_text().count("click_lost")
    world.follow()
    world.postgres.freeze()
    world.valkey.freeze()
    status, place, seconds = world.follow("Chrome")
    world.postgres.thaw()
    world.valkey.thaw()

    assert (status, f"wl_ref={world.code}" in place) == (302, True)
    assert seconds < LATEST
    assert world.web.log.read_text().count("click_lost") - before == 1
