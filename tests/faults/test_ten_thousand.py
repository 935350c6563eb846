"""Ten thousand deliveries through a running installation that is hurt five times on the way.

`LEGENDS_TEN_THOUSAND` changes how many, for a slow machine or a longer look.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import psutil
import pytest
import redis

from game.services.inbox import dead_letters, spool
from models.session import engine
from simulator.bodies import WebhookBody
from simulator.chaos import chaos
from simulator.sender import Sender
from tests.conftest import WEBHOOK_SECRET, forget_settings
from tests.support.faults import Controlled
from tests.support.settling import (
    differences,
    figures,
    found_company,
    life,
    model_figures,
    states,
)
from tests.support.telling import rows
from tests.support.waiting import eventually
from tests.support.web import DOOR, running_web
from tests.support.workers import Running, legends

DELIVERIES = int(os.environ.get("LEGENDS_TEN_THOUSAND", "10000"))
MEMBERS = 40
RETRIES_SHORTENED = 0.01
"""Whop's 30 s, 2 min, 8 min, 30 min … become 0.3 s, 1.2 s, 4.8 s, 18 s …"""
OUTAGE_SECONDS = 3.0
QUIET_SECONDS = 300.0

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]


@dataclass
class Installation:
    """Web, worker and poll over a Postgres and a Redis of their own."""

    postgres: Controlled
    valkey: Controlled
    worker: Running
    sender: Sender

    def kill_worker(self) -> None:
        """Celery and its pool, all at once; its watchdog starts another."""
        [celery] = self.worker.children(deep=False)
        os.killpg(celery.pid, signal.SIGKILL)
        assert eventually(lambda: self._main() not in {None, celery.pid}, 60), self.worker.said()

    def lose_redis(self) -> None:
        """Redis is killed and comes back knowing nothing; nothing but Redis held the spool."""
        with redis.Redis.from_url(self.valkey.url) as client:
            assert eventually(lambda: client.xlen(spool.STREAM) == 0, 60)
        self.valkey.kill()
        assert self.valkey.part.cwd is not None
        shutil.rmtree(self.valkey.part.cwd / "appendonlydir")
        self.valkey.start()

    def stop_postgres(self) -> None:
        """Postgres quits at once and is away for a while; Redis keeps what it has."""
        self.postgres.stop_immediately()
        eventually(lambda: False, OUTAGE_SECONDS)
        self.postgres.start()
        engine().dispose()

    def answered(self) -> int:
        """How many deliveries Whop has been thanked for."""
        return sum(self.sender.outcomes[word] for word in ("accepted", "duplicate", "spooled"))

    def comes_to(self, count: float) -> bool:
        """Wait until so many are answered."""
        return eventually(lambda: self.answered() >= count, QUIET_SECONDS)

    def _main(self) -> int | None:
        found: list[psutil.Process] = self.worker.children(deep=False)
        return found[0].pid if found else None


@pytest.fixture
def installation(
    own_postgres: Controlled,
    own_valkey: Controlled,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Installation]:
    """Everything started as `legends up` does it; ends with the test."""
    values = {
        "LEGENDS_ENV": "test",
        "LEGENDS_HOME": str(tmp_path / "home"),
        "DATABASE_URL": own_postgres.url,
        "REDIS_URL": own_valkey.url,
        "CELERY_BROKER_URL": own_valkey.url,
        "WHOP_APP_ID": "app_test",
        "WHOP_WEBHOOK_SECRETS": WEBHOOK_SECRET,
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    forget_settings()
    subprocess.run([sys.executable, "-m", "cli.main", "db", "upgrade"], check=True)
    with ExitStack() as parts:
        web = parts.enter_context(running_web(tmp_path, values, workers=2))
        worker = parts.enter_context(legends(tmp_path / "worker", "worker"))
        parts.enter_context(legends(tmp_path / "poll", "poll"))
        assert eventually(lambda: "ready." in worker.said(), 60), worker.said()
        sender = parts.enter_context(
            Sender(web.url + DOOR, WEBHOOK_SECRET, time_scale=RETRIES_SHORTENED, threads=8)
        )
        yield Installation(own_postgres, own_valkey, worker, sender)
    forget_settings()


def test_ten_thousand_deliveries_survive_five_accidents_with_exact_books(
    installation: Installation,
) -> None:
    now = datetime.now(UTC)
    pairs = found_company(now, members=MEMBERS)
    events = life(pairs, now, DELIVERIES // 2)
    mixed = chaos(events, Random(1), duplicates=1, shuffle=1)
    accidents: list[tuple[float, Callable[[], None]]] = [
        (0.10, installation.kill_worker),
        (0.25, installation.lose_redis),
        (0.40, installation.kill_worker),
        (0.60, installation.stop_postgres),
        (0.80, installation.kill_worker),
    ]

    for delivery in mixed:
        installation.sender.send(delivery.webhook_id, delivery.raw)
    for share, accident in accidents:
        assert installation.comes_to(share * len(mixed))
        accident()
    delivered = installation.sender.drain(QUIET_SECONDS)
    settled = eventually(lambda: states().keys() <= {"handled", "ignored"}, QUIET_SECONDS)

    assert delivered, installation.sender.outcomes
    assert settled, (states(), dead_letters.find(dead_letters.Filter()))
    assert installation.sender.outcomes["given_up"] == 0
    assert installation.sender.outcomes["spooled"] > 0, "nobody noticed that Postgres was away"
    assert lost(installation.sender, mixed) == Counter()
    assert figures() == model_figures(events, pairs, now)
    assert differences(datetime.now(UTC)) == []


def lost(sender: Sender, mixed: list[WebhookBody]) -> Counter[str]:
    """Deliveries Whop was thanked for that are not in the inbox, by what they were answered."""
    stored = {webhook_id for (webhook_id,) in rows("SELECT webhook_id FROM inbox")}
    thanked = {attempt.webhook_id: attempt.word for attempt in sender.log if attempt.succeeded}
    assert thanked.keys() == {delivery.webhook_id for delivery in mixed}
    return Counter(word for webhook_id, word in thanked.items() if webhook_id not in stored)
