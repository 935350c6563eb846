"""`inbox.drain`: settle what waits. The message carries nothing; Postgres knows what waits."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from celery import shared_task

from game.services import settle
from models.outgoing import Wake
from models.session import WORKER, transaction
from workers.guards import is_leaving

SLICE_SECONDS = 20
"""After this long a drain makes room for the other queues and asks to be called again."""


@shared_task(name="inbox.drain")
def drain() -> None:
    """Settle batch after batch until nothing is left for this process, or the slice is over."""
    until = time.monotonic() + SLICE_SECONDS
    while settled_one_batch():
        if is_leaving() or time.monotonic() > until:
            call_again()
            return


def settled_one_batch() -> bool:
    """True when there is more to do here. Nothing settled: others hold the companies' turns."""
    drained = settle.drain(datetime.now(UTC))
    return drained.more and drained.settled > 0


def call_again() -> None:
    """Ask for another drain, by way of the sender like everybody else."""
    with transaction(WORKER) as tx:
        tx.send(Wake())
