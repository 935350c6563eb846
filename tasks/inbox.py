"""`inbox.drain`: settle what waits. The message carries nothing; Postgres knows what waits."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from celery import shared_task

from game.services.drain import drain as drain_batch
from models.outgoing import Wake
from models.session import WORKER, transaction
from workers.guards import is_leaving

SLICE_SECONDS = 20
"""After this long a drain makes room for the other queues and asks to be called again."""

SMALL_BATCH = 100
GATHER_SECONDS = 0.02
"""After a batch smaller than that, more is let come before the next: a batch costs nearly the same
whatever it holds. Into an idle system nobody waits: its first batch is taken at once."""


@shared_task(name="inbox.drain")
def drain() -> None:
    """Settle batch after batch until nothing is left for this process, or the slice is over."""
    until = time.monotonic() + SLICE_SECONDS
    while drain_batch(datetime.now(UTC)).more:
        if is_leaving() or time.monotonic() > until:
            call_again()
            return


def call_again() -> None:
    """Ask for another drain, by way of the sender like everybody else."""
    with transaction(WORKER) as tx:
        tx.send(Wake())
