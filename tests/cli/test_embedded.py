"""The embedded servers: what survives, what is refused, who may read the secrets."""

from __future__ import annotations

import stat
import threading
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import pytest
import redis

from cli.local import account, postgres
from cli.local.processes import PartFailed
from cli.local.servers import Servers, started
from cli.local.stale import inhabitants
from cli.local.state import State
from tests.support.family import living
from tests.support.faults import Controlled
from tests.support.waiting import eventually


def query(url: str, sql: str) -> list[tuple[object, ...]]:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        rows = cursor.fetchall() if cursor.description else []
        connection.commit()
        return rows


def test_committed_rows_survive_a_killed_postgres(own_postgres: Controlled) -> None:
    query(own_postgres.url, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")

    own_postgres.kill()
    own_postgres.start()

    assert query(own_postgres.url, "SELECT count(*) FROM kept") == [(1000,)]


def test_a_synced_write_survives_a_killed_valkey(own_valkey: Controlled) -> None:
    client = redis.Redis.from_url(own_valkey.url)
    client.set("kept", "yes")
    assert client.waitaof(num_local=1, num_replicas=0, timeout=3000) == [1, 0]

    own_valkey.kill()
    own_valkey.start()

    assert client.get("kept") == b"yes"


def test_cache_may_forget_keys_with_a_lifetime_and_the_broker_nothing(servers: Servers) -> None:
    policies = [
        redis.Redis.from_url(url).config_get("maxmemory-policy")["maxmemory-policy"]
        for url in (servers.cache.url(), servers.broker.url())
    ]

    assert policies == ["volatile-lru", "noeviction"]


def test_nobody_gets_in_without_the_password(servers: Servers) -> None:
    wrong = servers.postgres.url().replace(servers.postgres.password, "guess")

    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(wrong)
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(servers.cache.url().replace(servers.cache.password, "guess")).ping()


def test_secrets_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    state = State(tmp_path)

    first = state.password("postgres_password")

    assert stat.S_IMODE((tmp_path / "state.json").stat().st_mode) == 0o600
    assert State(tmp_path).password("postgres_password") == first


def test_data_of_another_major_version_is_never_passed_over(tmp_path: Path) -> None:
    old = account.data_folder(tmp_path, account.server_account()) / "15"
    old.mkdir(parents=True)
    (old / "PG_VERSION").write_text("15\n")

    with pytest.raises(PartFailed, match="holds data of PostgreSQL 15"):
        postgres.prepare(State(tmp_path))


def test_a_pid_file_that_means_nothing_does_not_stop_the_server(tmp_path: Path) -> None:
    state = State(tmp_path)
    prepared = postgres.prepare(state)
    (prepared.data / "postmaster.pid").write_text("1\n")

    again = postgres.prepare(state)

    with started(again.part):
        assert query(again.url("postgres"), "SELECT 1") == [(1,)]


def test_a_server_killed_while_a_backend_computes_is_back_in_seconds(
    own_postgres: Controlled,
) -> None:
    busy = psycopg2.connect(own_postgres.url)
    computing = threading.Thread(target=compute, args=(busy,))
    computing.start()
    assert eventually(lambda: len(backends(own_postgres)) == 1)
    left = backends(own_postgres)[0]

    own_postgres.process.kill()
    own_postgres.process.wait()
    assert left.is_running()
    began = time.monotonic()
    own_postgres.start()

    assert time.monotonic() - began < 10
    assert query(own_postgres.url, "SELECT 1") == [(1,)]
    assert not living([left])
    computing.join()
    busy.close()


def test_backends_of_another_folder_are_left_alone(
    own_postgres: Controlled, servers: Servers, tmp_path: Path
) -> None:
    assert inhabitants(servers.postgres.data, "postgres")

    postgres.end_predecessor(tmp_path)

    assert query(own_postgres.url, "SELECT 1") == [(1,)]
    assert query(servers.postgres.url("postgres"), "SELECT 1") == [(1,)]


def compute(connection: Any) -> None:
    """A statement that never looks up from its work until it is ended."""
    with suppress(psycopg2.Error):
        connection.cursor().execute("SELECT count(*) FROM generate_series(1, 2000000000)")


def backends(server: Controlled) -> list[psutil.Process]:
    """The processes of the server that compute for a client."""
    children = psutil.Process(server.process.pid).children()
    return [each for each in children if "SELECT" in " ".join(each.cmdline())]


@pytest.mark.parametrize("words", ["", "not a number\n", "1\n"])
def test_a_pid_file_of_any_words_does_not_stop_the_server(words: str, tmp_path: Path) -> None:
    prepared = postgres.prepare(State(tmp_path))
    (prepared.data / "postmaster.pid").write_text(words)

    with started(prepared.part):
        assert query(prepared.url("postgres"), "SELECT 1") == [(1,)]
