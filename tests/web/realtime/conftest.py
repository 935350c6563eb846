"""One relay process for all tests of a module, each test in companies of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.local.servers import Servers
from game.services.platform import redis_client
from settings import Settings
from tests.conftest import FOREIGN, forget_settings
from tests.support.databases import fresh_database
from tests.support.relays import Relay, running_relay

ORIGINS = "https://game.example,https://*.apps.whop.com"
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def relay(
    servers: Servers, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Relay]:
    """A running relay, with this process set to the same Postgres and Redis."""
    with fresh_database(servers, template) as database:
        values = servers.environment() | {"DATABASE_URL": database}
        with installed(values), running_relay(tmp_path_factory.mktemp("relay")) as relay:
            yield relay


@pytest.fixture
def own_relay(settings: Settings, tmp_path: Path) -> Iterator[Relay]:
    """A relay that this test may stop and start, over the fixtures of `settings`."""
    values = {"DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url}
    with installed(values), running_relay(tmp_path) as relay:
        yield relay


@pytest.fixture
def company() -> str:
    """The id of a company that nobody else in this module uses."""
    return f"biz_{next(_numbers)}"


@contextmanager
def installed(values: Mapping[str, str]) -> Iterator[None]:
    """These settings for this process and its children, nothing remembered from others."""
    with pytest.MonkeyPatch.context() as patch:
        for name in FOREIGN:
            patch.delenv(name, raising=False)
        patch.setenv("LEGENDS_ENV", "test")
        patch.setenv("ALLOWED_ORIGINS", ORIGINS)
        for name, value in values.items():
            patch.setenv(name, value)
        _forget()
        yield
        _forget()


def _forget() -> None:
    forget_settings()
    redis_client.client.cache_clear()
