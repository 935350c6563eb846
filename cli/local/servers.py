"""Both kinds of embedded servers together, for as long as a `with` block runs.

What tests, checks and benchmarks use; `legends up` runs the same parts under its supervisor.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cli.local import postgres, valkey
from cli.local.postgres import Postgres
from cli.local.processes import Part, await_ready, end, spawn
from cli.local.state import State
from cli.local.valkey import Valkey

START_SECONDS = 60.0


@dataclass(frozen=True)
class Servers:
    """The embedded servers of one LEGENDS_HOME."""

    postgres: Postgres
    cache: Valkey
    broker: Valkey

    def environment(self) -> dict[str, str]:
        """The settings that lead to these servers."""
        return {
            "DATABASE_URL": self.postgres.url(),
            "REDIS_URL": self.cache.url(),
            "CELERY_BROKER_URL": self.broker.url(),
        }


@contextlib.contextmanager
def started(part: Part) -> Iterator[None]:
    """Run one part until the block ends. Raise PartFailed if it does not come up."""
    process = spawn(part)
    try:
        await_ready(part, process, START_SECONDS)
        yield
    finally:
        end(part, process)


@contextlib.contextmanager
def running(home: Path, *, throwaway: bool = True) -> Iterator[Servers]:
    """Servers with an empty database `legends`, on free ports.

    `throwaway` makes them faster than durable ones: nothing survives a crash of the machine.
    """
    state = State(home)
    servers = Servers(
        postgres.prepare(state, throwaway=throwaway),
        valkey.prepare(state, "cache"),
        valkey.prepare(state, "broker"),
    )
    with contextlib.ExitStack() as stack:
        stack.callback(forget_data_outside, home, servers.postgres.data)
        for part in (servers.postgres.part, servers.cache.part, servers.broker.part):
            stack.enter_context(started(part))
        servers.postgres.ensure_database()
        yield servers


def forget_data_outside(home: Path, data: Path) -> None:
    """Throw away data that root had to keep outside `home`; who made `home` removes that."""
    if not data.is_relative_to(home):
        shutil.rmtree(data.parent.parent, ignore_errors=True)
