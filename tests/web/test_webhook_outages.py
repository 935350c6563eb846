"""The webhook door while Postgres, Redis or both are gone or frozen, under its real gunicorn."""

from __future__ import annotations

import itertools
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import psycopg2
import pytest
import redis

from cli.token import open_session
from game.services.inbox import spool
from game.services.members.sessions import issue
from tests.conftest import WEBHOOK_SECRET, forget_settings
from tests.support.faults import Controlled, controlled_postgres, controlled_valkey
from tests.support.waiting import eventually
from tests.support.web import DOOR, RunningWeb, event, running_web, signed

LATEST_ANSWER = 4.0
MIB = 1024 * 1024


@dataclass
class World:
    """One web part over servers that a test may hurt; they are mended before the next one."""

    web: RunningWeb
    postgres: Controlled
    valkey: Controlled

    def mend(self) -> None:
        for server in (self.postgres, self.valkey):
            if server.process.poll() is None:
                server.thaw()
            else:
                server.start()
        with redis.Redis.from_url(self.valkey.url) as client:
            client.config_set("appendonly", "yes")
            probes = (self.web.deliver(f"msg_probe_{n}") for n in itertools.count())
            assert eventually(lambda: next(probes).outcome == "accepted")
            client.delete(spool.STREAM)
        with closing(psycopg2.connect(self.postgres.url)) as connection, connection:
            connection.cursor().execute("TRUNCATE inbox, inbox_body, inbox_alert")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Servers of this module's own, migrated, and settings that name them, also in this process."""
    folder = tmp_path_factory.mktemp("outages")
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
        forget_settings()
        subprocess.run([sys.executable, "-m", "cli.main", "db", "upgrade"], check=True)
        yield World(stack.enter_context(running_web(folder, values)), postgres, valkey)
    forget_settings()


@pytest.fixture
def mended(world: World) -> Iterator[World]:
    yield world
    world.mend()


@pytest.fixture
def web(mended: World) -> RunningWeb:
    return mended.web


@pytest.fixture
def postgres(mended: World) -> Controlled:
    return mended.postgres


@pytest.fixture
def valkey(mended: World) -> Controlled:
    return mended.valkey


def inbox(url: str) -> list[str]:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT webhook_id FROM inbox ORDER BY webhook_id")
        return [row[0] for row in cursor.fetchall()]


def spooled(url: str) -> int:
    with redis.Redis.from_url(url) as client:
        return int(client.xlen(spool.STREAM))


def test_a_frozen_postgres_costs_no_delivery_and_no_patience(
    web: RunningWeb, postgres: Controlled, valkey: Controlled
) -> None:
    assert web.deliver("msg_before").outcome == "accepted"
    postgres.freeze()

    with ThreadPoolExecutor(12) as pool:
        first = list(pool.map(web.deliver, [f"msg_{n:02}" for n in range(12)]))
    next_one = web.deliver("msg_next")

    assert [answer.outcome for answer in first] == ["spooled"] * 12
    assert max(answer.seconds for answer in first) < LATEST_ANSWER
    assert next_one.outcome == "spooled"
    with redis.Redis.from_url(valkey.url) as client:
        assert b"payment" not in b"".join(
            fields[b"sealed"] for _, fields in client.xrange(spool.STREAM)
        )

    postgres.thaw()
    assert spool.drain(datetime.now(UTC)).moved == 13
    assert spooled(valkey.url) == 0
    expected = {"msg_before", "msg_next", *(f"msg_{n:02}" for n in range(12))}
    assert set(inbox(postgres.url)) == expected


def test_a_crowd_at_the_door_is_let_in_once_each(web: RunningWeb, postgres: Controlled) -> None:
    ids = [f"msg_{n:03}" for n in range(60)]

    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(web.deliver, [*ids, *ids[:30], *reversed(ids[:30])]))

    outcomes = Counter(answer.outcome for answer in answers)
    assert outcomes == {"accepted": 60, "duplicate": 60}
    assert inbox(postgres.url) == ids


def test_a_stopped_postgres_is_spooled_and_taken_up_again_by_itself(
    web: RunningWeb, postgres: Controlled, valkey: Controlled
) -> None:
    assert web.deliver("msg_0").outcome == "accepted"
    postgres.stop_immediately()

    during = [web.deliver(f"msg_{n}") for n in (1, 2, 2)]

    assert [answer.outcome for answer in during] == ["spooled"] * 3
    assert max(answer.seconds for answer in during) < LATEST_ANSWER
    postgres.start()
    with ThreadPoolExecutor(8) as pool:  # a burst into a pool of dead connections
        after = list(pool.map(web.deliver, [f"msg_after_{n}" for n in range(24)]))
    assert {answer.status for answer in after} == {202}
    spool.drain(datetime.now(UTC))
    assert len(inbox(postgres.url)) == 3 + 24
    assert web.deliver("msg_1").outcome == "duplicate"
    assert web.deliver("msg_last").outcome == "accepted"


def test_dead_pooled_connections_cost_no_error(
    web: RunningWeb, postgres: Controlled, valkey: Controlled
) -> None:
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(web.deliver, [f"msg_{n}" for n in range(48)]))
    postgres.stop()
    postgres.start()

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(web.deliver, [f"msg_again_{n}" for n in range(48)]))

    assert {answer.outcome for answer in answers} == {"accepted"}


def test_with_both_gone_whop_is_asked_to_come_again_in_time(
    web: RunningWeb, postgres: Controlled, valkey: Controlled
) -> None:
    postgres.freeze()
    valkey.freeze()

    frozen = [web.deliver("msg_1"), web.deliver("msg_2")]
    valkey.thaw()
    valkey.kill()
    gone = web.deliver("msg_3")

    for answer in (*frozen, gone):
        assert (answer.status, answer.outcome) == (503, "unavailable")
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.seconds < LATEST_ANSWER
    postgres.thaw()
    assert {web.deliver(f"msg_{n}").status for n in (1, 2, 3)} <= {202, 503}


def test_redis_gone_changes_nothing_for_whop(web: RunningWeb, valkey: Controlled) -> None:
    valkey.kill()

    answer = web.deliver("msg_1")

    assert (answer.status, answer.outcome) == (202, "accepted")
    assert answer.seconds < 1.5


def test_a_redis_without_append_only_file_is_no_spool(
    web: RunningWeb, postgres: Controlled, valkey: Controlled
) -> None:
    with redis.Redis.from_url(valkey.url) as client:
        client.config_set("appendonly", "no")
    postgres.freeze()

    answer = web.deliver("msg_1")

    assert (answer.status, answer.outcome) == (503, "unavailable")
    assert answer.seconds < LATEST_ANSWER


def test_the_largest_body_without_length_is_cut_off_and_memory_stays_flat(
    web: RunningWeb, postgres: Controlled
) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(80):
            yield b"x" * (MIB // 8)

    headers = signed("msg_1", b"")
    before = web.memory()

    chunked = web.http.post(web.url + DOOR, content=chunks(), headers=headers)
    declared = web.http.post(web.url + DOOR, content=b"x" * 10 * MIB, headers=headers)

    assert (chunked.status_code, declared.status_code) == (413, 413)
    assert web.memory() - before < 6 * MIB
    assert inbox(postgres.url) == []
    assert web.deliver("msg_2").outcome == "accepted"


def test_a_refused_length_is_answered_before_the_body_is_sent(web: RunningWeb) -> None:
    host, port = web.url.removeprefix("http://").split(":")
    head = (
        f"POST {DOOR} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        "Content-Length: 2097152\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(head.encode())
        answer = connection.recv(4096)

    assert answer.startswith(b"HTTP/1.1 413")


def test_a_body_that_trickles_does_not_hold_the_door(web: RunningWeb) -> None:
    host, port = web.url.removeprefix("http://").split(":")
    body = event("msg_slow")
    head = "".join(f"{name}: {value}\r\n" for name, value in signed("msg_slow", body).items())
    head = f"POST {DOOR} HTTP/1.1\r\nHost: {host}\r\n{head}Content-Length: {len(body)}\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=6) as connection:
        connection.sendall(head.encode() + body[:10])

        meanwhile = web.deliver("msg_fast")
        answer = connection.recv(4096)

    assert meanwhile.outcome == "accepted"
    assert meanwhile.seconds < 1.5
    assert answer.startswith(b"HTTP/1.1 408")


def test_a_header_given_twice_is_refused_by_the_real_server(web: RunningWeb) -> None:
    body = event("msg_1")
    once = signed("msg_1", body)
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        twice = [*once.items(), (name, once[name])]
        answer = httpx.post(web.url + DOOR, content=body, headers=twice, trust_env=False)
        assert answer.status_code == 401, name


def test_a_frozen_postgres_holds_no_api_request_for_ever(
    web: RunningWeb, postgres: Controlled
) -> None:
    now = datetime.now(UTC)
    token = issue(open_session("biz_1", "user_1", "member", now)).token
    with httpx.Client(base_url=web.url, trust_env=False, timeout=15) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        assert client.get("/api/v1/me").status_code == 200
        postgres.freeze()

        with ThreadPoolExecutor(4) as pool:
            began = time.monotonic()
            stuck = [pool.submit(client.get, "/api/v1/quests") for _ in range(4)]
            live = client.get("/health/live")
            live_seconds = time.monotonic() - began
            answers = [each.result() for each in stuck]
        seconds = time.monotonic() - began
        ready = client.get("/health/ready")
        postgres.thaw()

        assert (live.status_code, live_seconds < 1.5) == (200, True)
        assert {answer.status_code for answer in answers} == {503}
        assert all(answer.json()["error"]["code"] == "unavailable" for answer in answers)
        assert all("Retry-After" in answer.headers for answer in answers)
        assert seconds < 9
        assert ready.status_code == 503
        assert eventually(lambda: client.get("/api/v1/me").status_code == 200)
