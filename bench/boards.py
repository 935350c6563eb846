"""The figure `boards`: a rank with its neighbours among a million members, and building boards."""

from __future__ import annotations

from typing import Any

from bench.stand import MIGRATED, UNSAFE_BUT_FAST, Stand

MEMBERS = 1_000_000
QUICK_MEMBERS = 5_000


def measure(stand: Stand, *, quick: bool) -> dict[str, Any]:
    """All of it in a process of its own, on a database of its own."""
    database = stand.database(MIGRATED, "bench_boards")
    members = QUICK_MEMBERS if quick else MEMBERS
    figures = stand.child(database, "ranking", members, **UNSAFE_BUT_FAST)
    stand.drop(database)
    stand.empty_redis()
    return figures
