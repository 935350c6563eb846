"""What operators look at: how full the inbox is, how jobs go, who did what. Crosses companies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from game.services.platform.keyset import Key, Page, cut
from models.session import Transaction

INBOX_STATES = ("waiting", "retrying", "snoozed", "dead", "handled", "ignored")
NEWEST = 2**63 - 1

# A jump from job to job over the primary key: the table may hold many ticks, the jobs are few.
LAST_TICKS = (
    "WITH RECURSIVE name AS ("
    "  (SELECT job FROM job_tick ORDER BY job LIMIT 1) UNION ALL "
    "  SELECT (SELECT t.job FROM job_tick t WHERE t.job > name.job ORDER BY t.job LIMIT 1) "
    "  FROM name WHERE name.job IS NOT NULL) "
    "SELECT t.* FROM name CROSS JOIN LATERAL ("
    "  SELECT job, scheduled_for, started_at, finished_at, progress FROM job_tick "
    "  WHERE job = name.job ORDER BY scheduled_for DESC LIMIT 1) t "
    "WHERE name.job > %(job)s ORDER BY t.job LIMIT %(rows)s"
)
TICKS = (
    "SELECT job, scheduled_for, started_at, finished_at, progress FROM job_tick "
    "WHERE job = %(job)s AND scheduled_for < %(before)s "
    "ORDER BY scheduled_for DESC LIMIT %(rows)s"
)


@dataclass(frozen=True, slots=True)
class InboxDepths:
    """Deliveries by state, and the age of the oldest one that waits for a worker.

    `dead` are those whose dead letter is open: what was discarded stays dead, and needs nobody.
    """

    by_state: dict[str, int]
    oldest_waiting_seconds: int


@dataclass(frozen=True, slots=True)
class TickView:
    """One tick of a job. `finished_at` None = under way, or to be taken up again."""

    job: str
    scheduled_for: datetime
    started_at: datetime
    finished_at: datetime | None
    progress: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AuditLine:
    """Who did what by hand. `company_id` None = outside every company."""

    id: int
    company_id: str | None
    actor: str
    action: str
    subject: str
    details: dict[str, Any]
    request_id: str
    at: datetime


def read_inbox(tx: Transaction, now: datetime) -> InboxDepths:
    """Exact counts, in three queries.

    Counting what was handled reads the whole inbox, a second for some million deliveries.
    """
    by_state = dict.fromkeys(INBOX_STATES, 0)
    by_state.update(tx.rows("SELECT state, count(*) FROM inbox GROUP BY state"))
    [(by_state["dead"],)] = tx.rows("SELECT count(*) FROM dead_letter WHERE state = 'open'")
    [(oldest,)] = tx.rows("SELECT min(received_at) FROM inbox WHERE state = 'waiting'")
    waited = int((now - oldest).total_seconds()) if oldest is not None else 0
    return InboxDepths(by_state, max(waited, 0))


def read_last_ticks(tx: Transaction, after: Key | None, limit: int) -> Page[TickView]:
    """The newest tick of every job, by name, in one query."""
    rows = tx.rows(LAST_TICKS, {"job": after[0] if after else "", "rows": limit + 1})
    return cut([TickView(*row) for row in rows], limit, lambda tick: (tick.job,))


def read_ticks(tx: Transaction, job: str, after: Key | None, limit: int) -> Page[TickView]:
    """The ticks of one job, newest first, in one query."""
    before = after[0] if after else "infinity"
    rows = tx.rows(TICKS, {"job": job, "before": before, "rows": limit + 1})
    ticks = [TickView(*row) for row in rows]
    return cut(ticks, limit, lambda tick: (tick.scheduled_for.isoformat(),))


def read_audit(tx: Transaction, company_id: str, after: Key | None, limit: int) -> Page[AuditLine]:
    """The audit, newest first, in one query; an empty company means all of them."""
    rows = tx.rows(
        "SELECT id, company_id, actor, action, subject, details, request_id, at FROM audit "
        "WHERE id < %(before)s AND (%(company)s = '' OR company_id = %(company)s) "
        "ORDER BY id DESC LIMIT %(rows)s",
        {"before": after[0] if after else NEWEST, "company": company_id, "rows": limit + 1},
    )
    return cut([AuditLine(*row) for row in rows], limit, lambda line: (line.id,))
