"""What every test may ask for: a database of its own, Redis, settings, a browser.

Nothing starts before a test asks for it, so the tests of pure rules pay nothing. Each test process
(also each worker of `pytest -n`) has servers of its own on free ports.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import redis

import settings as settings_module
from bench.chromium import find_chromium, launch
from cli.local.servers import Servers, running
from models.outgoing import Message
from models.session import register_sender
from settings import Settings
from tests.support.databases import fresh_database, make_template
from tests.support.faults import Controlled, controlled_postgres, controlled_valkey

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# What the machine or a running installation sets must not leak into tests.
FOREIGN = ("DATABASE_REPLICA_URL", "FEATURES", "OPERATORS", "SENTRY_DSN", "WHOP_API_KEY",
           "WHOP_API_URL", "WHOP_JWKS_URL", "WHOP_PROXY_URL", "PUBLIC_URL", "RELAY_URL",
           "ALLOWED_ORIGINS", "ENCRYPTION_KEYS", "SESSION_SECRETS", "FLOWER_AUTH",
           "TRUSTED_PROXIES", "LOG_FORMAT", "OTEL_EXPORTER_OTLP_ENDPOINT")  # fmt: skip
WEBHOOK_SECRET = "ws_" + "5a" * 32


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """Running PostgreSQL and Valkey servers of this test process, with random passwords."""
    with tempfile.TemporaryDirectory(prefix="legends-test-") as home, running(Path(home)) as both:
        yield both


@pytest.fixture(scope="session")
def template(servers: Servers) -> str:
    """The name of a database made by the real migrations, copied for each test."""
    return make_template(servers)


@pytest.fixture
def database(servers: Servers, template: str) -> Iterator[str]:
    """The URL of a migrated, empty database that only this test knows."""
    with fresh_database(servers, template) as url:
        yield url


@pytest.fixture
def redis_url(servers: Servers) -> str:
    """The URL of an empty Redis: cache, boards, notices, spool."""
    return _emptied(servers.cache.url())


@pytest.fixture
def broker_url(servers: Servers) -> str:
    """The URL of an empty Redis: Celery's messages."""
    return _emptied(servers.broker.url())


@pytest.fixture
def settings(
    database: str, redis_url: str, broker_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    """Checked settings over the fixtures above, also in the environment of child processes."""
    for name in FOREIGN:
        monkeypatch.delenv(name, raising=False)
    values = {
        "LEGENDS_ENV": "test",
        "LEGENDS_HOME": str(tmp_path / "home"),
        "DATABASE_URL": database,
        "REDIS_URL": redis_url,
        "CELERY_BROKER_URL": broker_url,
        "WHOP_APP_ID": "app_test",
        "WHOP_WEBHOOK_SECRETS": WEBHOOK_SECRET,
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    forget_settings()
    yield settings_module.current()
    forget_settings()


@pytest.fixture
def sent() -> Iterator[list[Message]]:
    """What is handed over after commits, in order."""
    messages: list[Message] = []
    register_sender(messages.extend)
    yield messages
    register_sender(lambda _: None)


@pytest.fixture
def own_postgres(tmp_path: Path) -> Iterator[Controlled]:
    """A PostgreSQL (empty database `legends`, durable) that this test may stop, kill or freeze."""
    with controlled_postgres(tmp_path / "own-postgres") as server:
        yield server


@pytest.fixture
def own_valkey(tmp_path: Path) -> Iterator[Controlled]:
    """A Valkey (`cache`, with its append-only file) that this test may stop, kill or freeze."""
    with controlled_valkey(tmp_path / "own-valkey") as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium; the test is skipped, saying so, where there is none."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - loads for half a second

    program = find_chromium(os.environ)
    if program is None:
        pytest.skip("no Chromium: install it or set LEGENDS_CHROMIUM")
    with ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())
        yield stack.enter_context(launch(playwright, program))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page in a browser profile that only this test uses."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def forget_settings() -> None:
    """Drop what this process made from the settings of another test."""
    session = sys.modules.get("models.session")  # a test that never imported it made no engine
    if session is not None:
        if session.engine.cache_info().currsize:
            session.engine().dispose()
        session.engine.cache_clear()
        session.register_sender(_nobody)  # what an application of another test registered
    drain = sys.modules.get("game.services.settlement.drain")
    if drain is not None:
        drain.forget_troubled()
    catalogue = sys.modules.get("game.services.rulesets.catalogue")
    if catalogue is not None:
        catalogue.forget()
    settings_module.current.cache_clear()


def _nobody(messages: object) -> None:
    """Carry nothing: a test that wants its messages sent registers a sender itself."""


def _emptied(url: str) -> str:
    with redis.Redis.from_url(url) as client:
        client.flushall()
    return url
