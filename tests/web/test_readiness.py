"""Ready means able to write what we need: one that only answers is named, with the reason."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis
from flask.testing import FlaskClient

from game.services.operations import write_probes
from settings import Settings
from tests.conftest import forget_settings
from tests.support.faults import Controlled
from tests.support.waiting import eventually
from tests.support.web import running_web
from web.app import create_app
from web.asking import Question, ask_all
from workers import app as celery_app
from workers.broker_check import broker


@contextmanager
def app_over(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Iterator[FlaskClient]:
    """The application with these settings on top of the test's own."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    forget_settings()
    celery_app.current.cache_clear()
    yield create_app().test_client()
    celery_app.current.cache_clear()


def wrong(client: FlaskClient) -> dict[str, str]:
    """What `/health/ready` refuses with, by server; empty when it is ready."""
    answer = client.get("/health/ready")
    assert answer.json is not None
    found = {name: each["detail"] for name, each in answer.json["checks"].items() if not each["ok"]}
    if answer.status_code == 200:
        assert answer.json["status"] == "ready"
        return {}
    assert answer.status_code == 503
    assert (answer.json["success"], answer.json["error"]["code"]) == (False, "not_ready")
    assert answer.json["error"]["details"]["checks"] == answer.json["checks"]
    assert answer.json["meta"]["request_id"] == answer.headers["X-Request-ID"]
    message = answer.json["error"]["message"]
    assert all(f"{name} {detail}" in message for name, detail in found.items())
    return found


FULL = {"maxmemory": "1", "maxmemory-policy": "noeviction"}


def hurt(url: str, how: str) -> None:
    with closing(redis.Redis.from_url(url)) as client:
        if how == "read-only":
            client.replicaof("127.0.0.1", "9")
        elif how == "mended":
            client.replicaof("NO", "ONE")
            client.config_set("maxmemory", "0")
        else:
            for name, value in FULL.items():
                client.config_set(name, value)


@pytest.mark.parametrize("setting", ["REDIS_URL", "CELERY_BROKER_URL"])
@pytest.mark.parametrize("how", ["read-only", "out of memory"])
def test_a_redis_that_answers_and_does_not_write_is_not_ready_until_it_does(
    setting: str,
    how: str,
    settings: Settings,
    own_valkey: Controlled,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = "redis" if setting == "REDIS_URL" else "broker"
    with app_over(monkeypatch, **{setting: own_valkey.url}) as client:
        assert wrong(client) == {}
        hurt(own_valkey.url, how)

        assert eventually(lambda: set(wrong(client)) == {name}, 5)
        assert how in wrong(client)[name]

        hurt(own_valkey.url, "mended")
        assert eventually(lambda: wrong(client) == {}, 10)


def test_a_read_only_postgres_is_not_ready_until_it_writes_again(
    client: FlaskClient, settings: Settings
) -> None:
    assert wrong(client) == {}
    set_read_only(settings, "on")

    assert eventually(lambda: "read-only" in wrong(client).get("postgres", ""), 10)
    assert set(wrong(client)) == {"postgres"}

    set_read_only(settings, "off")
    assert eventually(lambda: wrong(client) == {}, 10)


def set_read_only(settings: Settings, word: str) -> None:
    """As hosts of Postgres do when its disk is full; connections that are open are told too."""
    database = psycopg2.extensions.parse_dsn(plain(settings))["dbname"]
    ask(settings, f'ALTER DATABASE "{database}" SET default_transaction_read_only = {word}')
    ask(
        settings,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )


def plain(settings: Settings) -> str:
    return settings.database_url.replace("+psycopg2", "")


def ask(settings: Settings, sql: str) -> tuple[Any, ...]:
    """The first row of what the owner of the database is told."""
    with closing(psycopg2.connect(plain(settings))) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute("SET default_transaction_read_only = off")
        cursor.execute(sql)
        return (cursor.fetchone() or ()) if cursor.description else ()


def test_each_write_needs_new_room_on_the_disk_and_leaves_no_row(settings: Settings) -> None:
    sizes: list[int] = []
    for _ in range(4):
        write_probes.postgres()
        sizes += ask(settings, "SELECT pg_relation_size('write_probe')")

    assert all(after - before >= 8192 for before, after in itertools.pairwise(sizes))
    assert ask(settings, "SELECT count(*) FROM write_probe") == (0,)


def test_a_broker_that_is_no_redis_is_asked_to_take_a_message(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app_over(monkeypatch, CELERY_BROKER_URL="memory://"):
        assert broker(datetime.now(UTC)) == "writes"


def test_what_servers_refuse_is_told_in_words_without_their_addresses() -> None:
    told = {
        redis.ResponseError("MISCONF Errors writing to the AOF file: No space left on device"):
            "cannot write its own disk: free some room there",
        redis.ResponseError("NOREPLICAS Not enough good replicas to write."):
            "does not write: too few of its replicas answer",
        redis.ResponseError("ODD 10.0.0.1 secret"): "refuses to write: ODD",
    }  # fmt: skip

    for error, words in told.items():
        assert str(write_probes.explained(error)) == words
    assert isinstance(write_probes.explained(redis.ConnectionError("10.0.0.1")), write_probes.Away)


def test_however_many_ask_a_server_is_asked_once_a_second() -> None:
    asked = []

    def ask() -> int:
        time.sleep(0.05)
        asked.append(1)
        return len(asked)

    question = Question(ask)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: ask_all([question]), range(40)))

    assert answers == [[1]] * 40
    time.sleep(1.05)
    assert ask_all([question]) == [2]


def test_a_frozen_server_makes_no_other_look_down_and_no_page_slow(
    settings: Settings, own_valkey: Controlled, tmp_path: Path
) -> None:
    with running_web(tmp_path, {"REDIS_URL": own_valkey.url}) as web:
        assert web.http.get(f"{web.url}/health/ready").status_code == 200
        own_valkey.freeze()
        time.sleep(1.1)

        began = time.monotonic()
        figures = web.http.get(f"{web.url}/metrics").text
        overview = web.http.get(f"{web.url}/health").json()["checks"]
        seconds = time.monotonic() - began
        own_valkey.thaw()

    assert 'legends_up{server="redis"} 0.0' in figures
    assert 'legends_up{server="postgres"} 1.0' in figures
    assert 'legends_up{server="broker"} 1.0' in figures
    assert [name for name, each in overview.items() if not each["ok"]] == ["redis"]
    assert seconds < 5
