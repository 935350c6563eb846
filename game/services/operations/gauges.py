"""How much waits where, for the metrics page: cheap enough to be asked every few seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from redis import RedisError

from game.services.inbox import spool
from models.one_shot import NotStorable, Unavailable, one_shot

OPEN_STATES = ("waiting", "retrying", "snoozed", "dead")

# Each part is answered by a partial index of the rows it counts; the handled millions are not read.
# `dead` are open dead letters: an inbox row stays dead after its letter was discarded.
_COUNTS = """
SELECT state, count(*), min(received_at) FROM inbox WHERE state = 'waiting' GROUP BY state
UNION ALL
SELECT state, count(*), min(received_at) FROM inbox
WHERE state IN ('retrying', 'snoozed') GROUP BY state
UNION ALL
SELECT 'dead', count(*), NULL FROM dead_letter WHERE state = 'open'
"""


@dataclass(frozen=True, slots=True)
class Gauges:
    """`by_state` and `oldest_seconds` are None while Postgres, `spooled` while Redis is away."""

    by_state: dict[str, int] | None
    oldest_seconds: float | None
    spooled: int | None


def read_gauges(now: datetime) -> Gauges:
    """Count what is still open. Never raises."""
    by_state, oldest = _inbox(now)
    try:
        spooled = spool.depth()
    except RedisError:
        spooled = None
    return Gauges(by_state, oldest, spooled)


def _inbox(now: datetime) -> tuple[dict[str, int] | None, float | None]:
    try:
        rows = one_shot(_COUNTS, (), timeout_ms=1000)
    except (Unavailable, NotStorable):
        return None, None
    waiting = [received_at for state, _, received_at in rows if state == "waiting"]
    oldest = max((now - waiting[0]).total_seconds(), 0.0) if waiting else 0.0
    return dict.fromkeys(OPEN_STATES, 0) | {state: count for state, count, _ in rows}, oldest
