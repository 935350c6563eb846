"""The ground every figure stands on: durable servers of its own, databases copied from templates.

Each measured program is a process of its own, so that it starts clean and its CPU time is its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cli.local.processes import Part, PartFailed, answers, free_port
from cli.local.servers import Servers, running, started

SECRET = "ws_" + "b3" * 32
CHILD_SECONDS = 600
MIGRATED = "bench_migrated"
UNSAFE_BUT_FAST = {"PGOPTIONS": "-c synchronous_commit=off"}
"""For filling a database before the clock starts, never for what is measured."""
FOREIGN = ("LEGENDS_", "WHOP_", "DATABASE_", "REDIS_", "CELERY_", "PG")


@dataclass(frozen=True)
class Stand:
    """Running servers and a folder for logs and event files."""

    servers: Servers
    home: Path
    names: list[str] = field(default_factory=list)

    def database(self, template: str, name: str = "") -> str:
        """A new database, a copy of `template`; its name."""
        name = name or f"bench_{len(self.names) + 1}"
        self.names.append(name)
        self._sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return name

    def drop(self, name: str) -> None:
        """Remove a database again, to keep the disk small and the server quiet."""
        self._sql(f'DROP DATABASE "{name}" WITH (FORCE)')

    def settle_down(self) -> None:
        """Write out what earlier work left dirty, so that nobody pays for somebody else's."""
        self._sql("CHECKPOINT")

    def empty_redis(self) -> None:
        """Forget all messages, frames and tickets."""
        import redis  # noqa: PLC0415

        for server in (self.servers.cache, self.servers.broker):
            with redis.Redis.from_url(server.url()) as client:
                client.flushall()

    def environment(self, database: str, **more: str) -> dict[str, str]:
        """The environment of a program that works on this database, and nothing else of ours."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        return {
            **kept,
            **self.servers.environment(),
            "DATABASE_URL": self.servers.postgres.url(database),
            "LEGENDS_ENV": "test",
            "LEGENDS_HOME": str(self.home / "programs"),
            "LOG_FORMAT": "json",
            "WHOP_WEBHOOK_SECRETS": SECRET,
            "PYTHONUNBUFFERED": "1",
            **more,
        }

    def child(self, database: str, module: str, *arguments: object, **more: str) -> dict[str, Any]:
        """Run `python -m bench.<module>` to its end; the JSON object it printed last."""
        done = subprocess.run(
            [sys.executable, "-m", f"bench.{module}", *map(str, arguments)],
            check=False,
            capture_output=True,
            text=True,
            timeout=CHILD_SECONDS,
            env=self.environment(database, **more),
        )
        if done.returncode != 0:
            raise PartFailed(f"bench.{module} failed: {done.stderr[-2000:]}")
        answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        return answer

    @contextmanager
    def program(self, name: str, database: str, *command: str, says: str = "") -> Iterator[None]:
        """Run a program without an address while the block runs, from when its log `says` so."""
        part = self._part(name, command, self.environment(database))
        part.log.unlink(missing_ok=True)
        ready = lambda: not says or says in part.log.read_text()  # noqa: E731
        with started(replace(part, ready=ready)):
            yield

    @contextmanager
    def server(self, name: str, database: str, *command: str, health: str) -> Iterator[int]:
        """Run a program that listens while the block runs; its port."""
        port = free_port()
        arguments = tuple(word.format(port=port) for word in command)
        part = self._part(name, arguments, self.environment(database), port=port)
        ready = lambda: answers(f"http://127.0.0.1:{port}{health}")  # noqa: E731
        with started(replace(part, ready=ready)):
            yield port

    def _part(
        self, name: str, command: tuple[str, ...], env: Mapping[str, str], port: int = 0
    ) -> Part:
        return Part(
            name=name,
            command=(sys.executable, "-m", *command),
            log=self.home / "logs" / f"{name}.log",
            env=env,
            port=port,
        )

    def _sql(self, statement: str) -> None:
        with closing(self.servers.postgres.connect()) as connection:
            connection.cursor().execute(statement)


@contextmanager
def stand() -> Iterator[Stand]:
    """Durable servers in a temporary folder, with a migrated database to copy from."""
    with (
        tempfile.TemporaryDirectory(prefix="legends-bench-") as folder,
        running(Path(folder), throwaway=False) as servers,
    ):
        ground = Stand(servers, Path(folder))
        servers.postgres.ensure_database(MIGRATED)
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", "db", "upgrade"],
            check=False,
            capture_output=True,
            text=True,
            env=ground.environment(MIGRATED),
        )
        if done.returncode != 0:
            raise PartFailed(f"the migrations failed: {done.stderr[-2000:]}")
        yield ground
