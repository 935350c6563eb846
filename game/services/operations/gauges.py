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
UNION ALL
SELECT 'alert', count(*), NULL FROM inbox_alert
"""


@dataclass(frozen=True, slots=True)
class InboxGauges:
    """`alerts` are all there ever were: known ids that came again with another body."""

    by_state: dict[str, int]
    oldest_seconds: float
    alerts: int


@dataclass(frozen=True, slots=True)
class SpoolGauges:
    """What waits in the spool, and what was put aside because nobody could read it."""

    waiting: int
    quarantined: int


def read_inbox_gauges(now: datetime) -> InboxGauges | None:
    """Count what is still open; None while Postgres does not answer."""
    try:
        rows = one_shot(_COUNTS, (), timeout_ms=1000)
    except (Unavailable, NotStorable):
        return None
    counts = {state: count for state, count, _ in rows}
    waiting = [received_at for state, _, received_at in rows if state == "waiting"]
    oldest = max((now - waiting[0]).total_seconds(), 0.0) if waiting else 0.0
    alerts = counts.pop("alert")
    return InboxGauges(dict.fromkeys(OPEN_STATES, 0) | counts, oldest, alerts)


def read_spool_gauges() -> SpoolGauges | None:
    """Count the spool; None while Redis does not answer."""
    try:
        return SpoolGauges(spool.depth(), spool.quarantined())
    except RedisError:
        return None
