"""One database for all tests of guilds, empty before each of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from cli.local.servers import Servers
from models.session import engine
from tests.support.databases import fresh_database
from tests.support.guild_life import People
from tests.web.realtime.conftest import installed


@pytest.fixture(scope="session")
def stand(servers: Servers, template: str) -> Iterator[str]:
    """A migrated database that the tests of this folder share, one after the other."""
    with fresh_database(servers, template) as database:
        yield database


@pytest.fixture
def people(servers: Servers, stand: str) -> Iterator[People]:
    """A company without guilds, and nothing else in the database."""
    with installed(servers.environment() | {"DATABASE_URL": stand}):
        with engine().begin() as connection:
            connection.execute(text("TRUNCATE company, inbox, audit CASCADE"))
        yield People()
