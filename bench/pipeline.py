"""The figure `pipeline`: the whole way of an event on one machine, its rate and its latency.

Everything runs as in an installation: web, worker, poll, relay, both Redis servers, Postgres.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.crowd import paid_once, read_events
from bench.intake import CONNECTIONS, DOOR, LIVE
from bench.load import milliseconds
from bench.stand import MIGRATED, UNSAFE_BUT_FAST, Stand

WORKERS = 2
"""Processes of the web part and of the worker, here and in the textbook pipeline."""
WARM_UP = 100
LOADS = (20, 50, 80)
QUICK_LOADS = (50,)
LOAD_SECONDS = 6.0
SETTLE_SECONDS = 240.0
LOOK_SECONDS = 0.01
FRAMES_SECONDS = 1.0
"""How long the listeners stay after the last event has been settled."""

WAITS = "SELECT EXISTS (SELECT FROM inbox WHERE state IN ('waiting', 'retrying'))"
SETTLED = "SELECT count(*) FROM inbox WHERE state = 'handled'"


@dataclass(frozen=True)
class Pipeline:
    """A pipeline that runs: where to post, and how to see that everything posted is settled."""

    stand: Stand
    database: str
    port: int
    path: str
    file: Path
    is_settled: Callable[[int], bool]

    def send(self, first: int, count: int, rate: float = 0, sent: Path | None = None) -> float:
        """Post some events; seconds from the first byte until the last of them is settled.

        Raises TimeoutError where they never are, ValueError where one was not accepted.
        """
        arguments = [self.port, self.path, self.file, first, count, CONNECTIONS, rate]
        if sent is not None:
            arguments.append(sent)
        load = self.stand.child(self.database, "load", *arguments)
        if load["answers"] != {"accepted": count}:
            raise ValueError(f"of {count} deliveries the door answered {load['answers']}")
        deadline = time.monotonic() + SETTLE_SECONDS
        while not self.is_settled(first + count):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not settled within {SETTLE_SECONDS:g} s")
            time.sleep(LOOK_SECONDS)
        return time.monotonic() - float(load["began"])


def rate(stand: Stand, file: Path, count: int) -> float:
    """Events per second: `count` of them, from the first POST until the last one is settled."""
    with ours(stand, file) as (line, _):
        line.send(0, WARM_UP)
        stand.settle_down()
        return count / line.send(WARM_UP, count)


def latencies(
    stand: Stand, file: Path, most: float, *, quick: bool = False
) -> list[dict[str, Any]]:
    """How long a frame takes at shares of `most`, the rate of which nothing waits any more."""
    found = []
    with ours(stand, file) as (line, relay_port):
        line.send(0, WARM_UP)
        first = WARM_UP
        loads = QUICK_LOADS if quick else LOADS
        for number, share in enumerate(loads):
            wanted = int(most * share / 100 * LOAD_SECONDS / (6 if quick else 1))
            left = (len(read_events(file)) - first) // (len(loads) - number)
            some = min(max(wanted, 5), left)
            stage = _latency(stand, line, relay_port, first, some, most * share / 100)
            found.append({"load_percent": share, **stage})
            first += some
    return found


@contextmanager
def ours(stand: Stand, file: Path) -> Iterator[tuple[Pipeline, int]]:
    """Our parts over a company without a past; the way in, and the relay's port."""
    database = stand.database(MIGRATED)
    stand.empty_redis()
    stand.child(database, "fill", file, 0, 0, **UNSAFE_BUT_FAST)
    legends, two = "cli.main", str(WORKERS)
    with ExitStack() as stack:
        web = stack.enter_context(
            stand.server(
                "web", database, legends, "web", "--port", "{port}", "--workers", two, health=LIVE
            )
        )
        relay = stack.enter_context(
            stand.server("relay", database, legends, "relay", "--port", "{port}", health=LIVE)
        )
        stack.enter_context(
            stand.program("worker", database, legends, "worker", "-c", two, says=" ready.")
        )
        stack.enter_context(stand.program("poll", database, legends, "poll"))
        connection = stack.enter_context(closing(stand.servers.postgres.connect(database)))
        cursor = connection.cursor()

        def is_settled(_: int) -> bool:
            cursor.execute(WAITS)
            return not cursor.fetchone()[0]

        yield Pipeline(stand, database, web, DOOR, file, is_settled), relay


def _latency(  # noqa: PLR0913, PLR0917 - one stage of the load
    stand: Stand, line: Pipeline, relay_port: int, first: int, count: int, rate: float
) -> dict[str, Any]:
    """From the first byte of a payment's webhook to the frame in its referrer's browser."""
    sent_file, arrived_file = stand.home / "sent", stand.home / "arrived"
    with listening(stand, line.database, relay_port, arrived_file):
        line.send(first, count, rate, sent_file)
        time.sleep(FRAMES_SECONDS)
    sent, arrived = json.loads(sent_file.read_text()), json.loads(arrived_file.read_text())
    payments = dict(paid_once(read_events(line.file, first, count)))
    first_told = _only_first(payments)
    waits = [
        arrived[payment] - sent[webhook_id]
        for webhook_id, payment in first_told.items()
        if payment in arrived
    ]
    return {"events_per_second": round(rate, 1), "frames": len(waits), **milliseconds(waits)}


def _only_first(payments: dict[str, str]) -> dict[str, str]:
    """Of several webhooks about one payment only the first can be what its first frame tells."""
    seen: set[str] = set()
    kept = {}
    for webhook_id, payment in payments.items():
        if payment not in seen:
            kept[webhook_id] = payment
        seen.add(payment)
    return kept


@contextmanager
def listening(stand: Stand, database: str, port: int, file: Path) -> Iterator[None]:
    """A process that holds the referrers' connections while the block runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.listen", str(port), str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=stand.environment(database),
    )
    try:
        if process.stdout is None or process.stdout.readline() != b"ready\n":
            raise ConnectionError("the listeners could not connect to the relay")
        yield
        process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
