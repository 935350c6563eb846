"""Real worker, beat and poll processes for tests, and the rows they work on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from game.services.inbox.intake import accept, read_delivery
from game.services.inbox.run_journal import journal
from game.services.settlement.drain import drain
from models.session import WORKER, transaction

PAYLOADS = Path(__file__).resolve().parent.parent / "whop" / "payloads"


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
    """Run `python -m <arguments>`; it and all its descendants end with the block."""
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


def celery(log: Path, *arguments: str, **environment: str) -> AbstractContextManager[Running]:
    """`celery -A workers.program <arguments>`."""
    return program(log, "celery", "-A", "workers.program", *arguments, **environment)


def legends(log: Path, *arguments: str, **environment: str) -> AbstractContextManager[Running]:
    """`legends <arguments>`."""
    return program(log, "cli.main", *arguments, **environment)


def deliver(count: int, company_id: str = "biz_a") -> list[str]:
    """Accept `count` real payments of different buyers, as the door would; their webhook ids."""
    return [deliver_body(payment(company_id)) for _ in range(count)]


def deliver_body(body: dict[str, Any], received_at: datetime | None = None) -> str:
    """Accept one body as the door would; its webhook id."""
    now = received_at or datetime.now(UTC)
    accept(read_delivery(body["id"], json.dumps(body).encode(), now, now))
    return str(body["id"])


def payment(company_id: str) -> dict[str, Any]:
    """A payment as Whop sends it, with ids of its own."""
    number = uuid.uuid4().hex[:14]
    body: dict[str, Any] = json.loads((PAYLOADS / "payment.succeeded.json").read_text())
    body["id"] = f"msg_{number}"
    body["account_id"] = body["company_id"] = company_id
    body["data"]["id"] = f"pay_{number}"
    body["data"]["user"]["id"] = f"user_{number}"
    return body


def settle_all(now: datetime) -> None:
    """Settle what waits in this process, on a connection to the database of this test."""
    journal().close()
    while drain(now).more:
        pass


def states() -> dict[str, int]:
    """How many inbox rows are in which state."""
    with transaction(WORKER) as tx:
        return dict(tx.rows("SELECT state, count(*) FROM inbox GROUP BY state"))


def all_handled(count: int) -> bool:
    """True when exactly so many deliveries are settled and none is left."""
    return states() == {"handled": count}
