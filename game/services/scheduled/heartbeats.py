"""Signs of life: when each queue was last served and each worker last ran a task."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from models.session import WORKER, transaction


def note(parts: Sequence[str], now: datetime) -> None:
    """Store that these parts work. Twice, or late, never turns the clock back."""
    with transaction(WORKER) as tx:
        tx.run(
            "INSERT INTO heartbeat (part, at) SELECT part, %s FROM unnest(%s::text[]) AS t (part)"
            " ON CONFLICT (part) DO UPDATE SET at = greatest(heartbeat.at, excluded.at)",
            (now, sorted(parts)),
        )


def last(part: str) -> datetime | None:
    """When the part last proved that it works; None = never."""
    with transaction(WORKER) as tx:
        found = tx.rows("SELECT at FROM heartbeat WHERE part = %s", (part,))
    return found[0][0] if found else None
