"""One database for all tests of guilds, empty before each of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

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


def _tables(connection: Connection) -> str:
    """Every table that holds rows of a company."""
    found = connection.scalar(
        text(
            "SELECT string_agg(c.relname, ', ') FROM pg_class c JOIN pg_attribute a "
            "ON a.attrelid = c.oid WHERE a.attname = 'company_id' AND c.relkind IN ('r', 'p') "
            "AND c.relnamespace = 'public'::regnamespace"
        )
    )
    return str(found)


@pytest.fixture
def people(servers: Servers, stand: str) -> Iterator[People]:
    """A company without guilds, and nothing else in the database."""
    with installed(servers.environment() | {"DATABASE_URL": stand}):
        with engine().begin() as connection:
            connection.execute(text(f"TRUNCATE {_tables(connection)} CASCADE"))
        yield People()
