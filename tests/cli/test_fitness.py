"""Judging servers: what is refused, what is only advised, and where the borders are."""

from __future__ import annotations

from contextlib import closing

import pytest
import redis

from cli.embedded.servers import Servers
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
from settings import UnsafeSettings, load
from tests.support.faults import Controlled


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


def test_a_part_refuses_to_start_on_a_server_that_evicts_everything(
    servers: Servers, own_valkey: Controlled
) -> None:
    with closing(redis.Redis.from_url(own_valkey.url)) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
    unfit = load({"LEGENDS_ENV": "test", **servers.environment(), "REDIS_URL": own_valkey.url})

    with pytest.raises(UnsafeSettings, match="allkeys-lru"):
        refuse_unfit(unfit)


def test_a_server_that_is_away_is_a_finding_but_no_refusal(own_valkey: Controlled) -> None:
    own_valkey.stop()

    findings = redis_findings("REDIS_URL", own_valkey.url)
    findings += postgres_findings("postgresql://nobody:x@127.0.0.1:1/none")

    assert [found.fatal for found in findings] == [False, False]
    assert all("does not answer" in found.fact for found in findings)
