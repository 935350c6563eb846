"""The figure `settle`: events settled per second by one process from a standing backlog."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bench.crowd import events, write_events
from bench.stand import MIGRATED, UNSAFE_BUT_FAST, Stand

BATCHES = (1, 20, 200)
SHARES = {1: 10, 20: 3, 200: 1}
"""A small batch settles only so small a part of the backlog: it is slow, and steady sooner."""
PASTS = (10_000,)
DEEP_PASTS = (10_000, 1_000_000)


def measure(stand: Stand, count: int, *, deep: bool = False) -> list[dict[str, Any]]:
    """One row for each batch size and each length of the past."""
    file = stand.home / "settle-events"
    backlog = count + max(BATCHES)  # the batch before the clock starts comes on top
    write_events(file, events(backlog, datetime.now(UTC)))
    found = []
    for past in DEEP_PASTS if deep else PASTS:
        filled = stand.database(MIGRATED, f"bench_past_{past}")
        stand.child(filled, "fill", file, backlog, past, **UNSAFE_BUT_FAST)
        found += [{"ledger_rows": past, **_one(stand, filled, batch, count)} for batch in BATCHES]
        stand.drop(filled)
    return found


def _one(stand: Stand, filled: str, batch: int, count: int) -> dict[str, Any]:
    database = stand.database(filled)
    stand.settle_down()
    figures = stand.child(database, "settling", batch, max(count // SHARES[batch], batch))
    events_settled = max(figures["events"], 1)
    stand.drop(database)
    return {
        **figures,
        "events_per_second": round(figures["events"] / figures["seconds"]),
        "python_us_per_event": round(figures["python_seconds"] / events_settled * 1e6),
        "postgres_us_per_event": round(figures["postgres_seconds"] / events_settled * 1e6),
    }
