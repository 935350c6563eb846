"""`inbox.drain`: settle what waits. The message carries nothing; Postgres knows what waits."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from celery import shared_task

from game.services.settlement.drain import drain as drain_batch
from models.outgoing import Wake
from models.session import WORKER, transaction
from workers.guards import is_leaving

SLICE_SECONDS = 20
"""After this long a drain makes room for the other queues and asks to be called again."""

SMALL_BATCH = 50
GATHER_SECONDS = 0.01
"""After a batch smaller than that, more is let come before the next: a batch costs nearly the same
whatever it holds. Into an idle system nobody waits: its first batch is taken at once."""
LINGER_SECONDS = 0.1
LOOK_SECONDS = 0.01
"""A look into an empty inbox costs a fifth of a task, so under a steady load the task stays."""


@shared_task(name="inbox.drain")
def drain() -> None:
    """Settle batch after batch until nothing has come for a moment, or the slice is over."""
    until = time.monotonic() + SLICE_SECONDS
    busy_until = time.monotonic() + LINGER_SECONDS
    while time.monotonic() < busy_until:
        if is_leaving() or time.monotonic() > until:
            call_again()
            return
        drained = drain_batch(datetime.now(UTC))
        if drained.more:
            busy_until = time.monotonic() + LINGER_SECONDS
            time.sleep(GATHER_SECONDS if drained.settled < SMALL_BATCH else 0)
        else:
            time.sleep(LOOK_SECONDS)


def call_again() -> None:
    """Ask for another drain, by way of the sender like everybody else."""
    with transaction(WORKER) as tx:
        tx.send(Wake())
