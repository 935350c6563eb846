"""One database per test, copied in milliseconds from a template that the real migrations made."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

from cli.local.servers import Servers

TEMPLATE = "legends_template"
_numbers = itertools.count(1)


def make_template(servers: Servers) -> str:
    """Migrate an empty database to the head, as an operator would, and answer its name."""
    servers.postgres.ensure_database(TEMPLATE)
    environment = servers.environment() | {
        "LEGENDS_ENV": "test",
        "DATABASE_URL": servers.postgres.url(TEMPLATE),
    }
    subprocess.run(
        [sys.executable, "-m", "cli.main", "db", "upgrade"],
        check=True,
        env={**os.environ, **environment},
    )
    return TEMPLATE


@contextmanager
def fresh_database(servers: Servers, template: str) -> Iterator[str]:
    """A copy of the template, dropped at the end even where a connection is still open."""
    name = f"test_{next(_numbers)}"
    with closing(servers.postgres.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        try:
            yield servers.postgres.url(name)
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
