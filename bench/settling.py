"""Settle a standing backlog in this one process and say what it took.

Run as a process: `python -m bench.settling <batch> <most events>`. Python's CPU time is this
process's, the database's that of the server processes that serve it.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psutil

from game.services.settlement.drain import drain
from models.session import WORKER, Sender, Transaction, register_sender, transaction


class Count:
    """Statements sent by the transactions of this process."""

    def __init__(self) -> None:
        self.statements = 0


@contextmanager
def counted() -> Iterator[Count]:
    """Count every statement that goes through `Transaction` while the block runs."""
    count = Count()
    methods = {name: getattr(Transaction, name) for name in ("rows", "run", "put")}

    def counting(method: Callable[..., Any]) -> Callable[..., Any]:
        def counted_method(*args: Any) -> Any:
            count.statements += 1
            return method(*args)

        return counted_method

    for name, method in methods.items():
        setattr(Transaction, name, counting(method))
    try:
        yield count
    finally:
        for name, method in methods.items():
            setattr(Transaction, name, method)


def postgres_seconds() -> float:
    """CPU seconds so far of the server processes that work for this database."""
    with transaction(WORKER) as tx:
        pids = tx.rows("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
    times = [psutil.Process(pid).cpu_times() for (pid,) in pids]
    return sum(each.user + each.system for each in times)


def settle(batch: int, most: int) -> dict[str, Any]:
    """Settle up to `most` events (all, if there are fewer) and give the figures.

    One batch goes before, as in a worker that has been up for a while: it opens the connections,
    and what is imported late is there.
    """
    drain(datetime.now(UTC), batch)
    settled = batches = 0
    queries: list[int] = []
    database = postgres_seconds()
    cpu, started = time.process_time(), time.perf_counter()
    with counted() as count:
        while settled < most:
            before = count.statements
            done = drain(datetime.now(UTC), batch)
            if not done.more:
                break
            settled += done.settled
            batches += 1
            queries.append(count.statements - before)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    return {
        "batch": batch,
        "events": settled,
        "batches": batches,
        "seconds": seconds,
        "python_seconds": cpu,
        "postgres_seconds": postgres_seconds() - database,
        "queries_min": min(queries, default=0),
        "queries_max": max(queries, default=0),
    }


def main(batch: int, most: int) -> None:
    carried: Sender = lambda _: None  # noqa: E731 - carrying is the sender threads' own work
    register_sender(carried)
    print(json.dumps(settle(batch, most)))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
