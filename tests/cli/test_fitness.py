"""Judging servers: what is refused, what is only advised, and where the borders are."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
import redis
from click.testing import CliRunner

from cli import parts, work
from cli.fitness import (
    judge_clock,
    judge_eviction,
    judge_postgres,
    judge_redis,
    postgres_findings,
    redis_findings,
    refuse_unfit,
    server_findings,
)
from cli.local.servers import Servers
from settings import Settings, UnsafeSettings, load
from tests.conftest import forget_settings
from tests.support.faults import Controlled
from tests.support.waiting import eventually
from tests.support.workers import all_handled, deliver, legends


@pytest.mark.parametrize(("version", "refused"), [(150_099, True), (160_000, False)])
def test_postgres_16_is_the_oldest(version: int, *, refused: bool) -> None:
    assert judge_postgres(version).fatal is refused


@pytest.mark.parametrize(
    ("info", "refused"),
    [
        ({"redis_version": "7.0.15"}, True),
        ({"redis_version": "7.2.0"}, False),
        ({"redis_version": "7.2.4", "valkey_version": "7.2.9"}, True),
        ({"redis_version": "7.2.4", "valkey_version": "8.0.0"}, False),
    ],
)
def test_redis_7_2_and_valkey_8_are_the_oldest(info: dict[str, str], *, refused: bool) -> None:
    assert judge_redis("REDIS_URL", info).fatal is refused


def test_a_policy_that_may_drop_any_key_is_refused() -> None:
    policies = ("allkeys-lru", "allkeys-random", "volatile-lru", "noeviction")

    fatal = [judge_eviction("REDIS_URL", {"maxmemory_policy": name}).fatal for name in policies]

    assert fatal == [True, True, False, False]


def test_clocks_may_differ_by_thirty_seconds() -> None:
    assert [bool(judge_clock(offset).mend) for offset in (30, -30, 30.1, -30.1)] == [
        False, False, True, True,
    ]  # fmt: skip


def test_the_embedded_servers_need_no_mending(servers: Servers) -> None:
    findings = server_findings(load({"LEGENDS_ENV": "test", **servers.environment()}))

    assert len(findings) == 8
    assert [found for found in findings if found.mend] == []


@pytest.mark.parametrize("name", ["REDIS_URL", "CELERY_BROKER_URL"])
def test_every_part_refuses_to_start_on_a_server_that_evicts_everything(
    name: str, settings: Settings, own_valkey: Controlled, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(redis.Redis.from_url(own_valkey.url)) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
    monkeypatch.setenv(name, own_valkey.url)
    forget_settings()

    for command in (parts.web, parts.relay, work.worker, work.beat, work.poll):
        refused = CliRunner().invoke(command, []).exception

        assert isinstance(refused, UnsafeSettings), command.name
        assert "allkeys-lru" in str(refused)
        assert name in str(refused)


def test_no_part_refuses_to_start_because_servers_are_away() -> None:
    nowhere = "redis://127.0.0.1:1/0"
    refuse_unfit(
        load(
            {
                "LEGENDS_ENV": "test",
                "DATABASE_URL": "postgresql://nobody:x@127.0.0.1:1/none",
                "REDIS_URL": nowhere,
                "CELERY_BROKER_URL": nowhere + "1",
            }
        )
    )


def test_poll_starts_and_settles_without_any_redis(settings: Settings, tmp_path: Path) -> None:
    deliver(3)
    nowhere = "redis://127.0.0.1:1/0"

    with legends(tmp_path / "log", "poll", REDIS_URL=nowhere, CELERY_BROKER_URL=nowhere) as poll:
        assert eventually(lambda: all_handled(3), 60), poll.said()


def test_a_server_that_is_away_is_a_finding_but_no_refusal(own_valkey: Controlled) -> None:
    own_valkey.stop()

    findings = redis_findings("REDIS_URL", own_valkey.url)
    findings += postgres_findings("postgresql://nobody:x@127.0.0.1:1/none")

    assert [found.fatal for found in findings] == [False, False]
    assert all("does not answer" in found.fact for found in findings)
