"""Real worker, beat and poll processes for tests, and the rows they work on."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from models.session import WORKER, transaction


@dataclass
class Running:
    """A program of ours that a test started, with everything it says in a file."""

    process: subprocess.Popen[bytes]
    log: Path

    def said(self) -> str:
        """All of its output so far."""
        return self.log.read_text(errors="replace")

    def children(self, *, deep: bool = True) -> list[psutil.Process]:
        """Its living descendants, oldest first."""
        found = psutil.Process(self.process.pid).children(recursive=deep)
        return sorted(found, key=lambda child: child.create_time())


@contextmanager
def program(log: Path, *arguments: str, **environment: str) -> Iterator[Running]:
    """Run `python -m <arguments>` in a group of its own; it and its descendants end with the block."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
            start_new_session=True,
        )
    try:
        yield Running(process, log)
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a program to leave; after ten seconds end it and all its descendants."""
    family = []
    with suppress(psutil.NoSuchProcess):
        family = psutil.Process(process.pid).children(recursive=True)
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)
    for child in [*family, psutil.Process(process.pid)] if process.poll() is None else family:
        with suppress(psutil.NoSuchProcess):
            child.kill()
    process.wait()


def celery(log: Path, *arguments: str, **environment: str):
    """`celery -A workers.program <arguments>`."""
    return program(log, "celery", "-A", "workers.program", *arguments, **environment)


def legends(log: Path, *arguments: str, **environment: str):
    """`legends <arguments>`."""
    return program(log, "cli.main", *arguments, **environment)


def eventually(happened: Callable[[], object], seconds: float = 15.0) -> bool:
    """Wait until something is true; False when the time is up."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if happened():
            return True
        time.sleep(0.05)
    return False


def deliver(count: int, company_id: str = "biz_a", kind: str = "course.progressed") -> list[int]:
    """Put deliveries into the inbox as the door would; their numbers. The bodies mean nothing."""
    now = datetime.now(UTC)
    with transaction(WORKER) as tx:
        return [
            tx.rows(
                "INSERT INTO inbox (webhook_id, company_id, type, sent_at, received_at,"
                " body_sha256) VALUES (gen_random_uuid()::text, %s, %s, %s, %s, %s) RETURNING seq",
                (company_id, kind, now, now, hashlib.sha256(b"{}").digest()),
            )[0][0]
            for _ in range(count)
        ]


def states() -> dict[str, int]:
    """How many inbox rows are in which state."""
    with transaction(WORKER) as tx:
        return dict(tx.rows("SELECT state, count(*) FROM inbox GROUP BY state"))
