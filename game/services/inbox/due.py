"""What the poller looks for: rows whose next attempt is due, and work that nobody has taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.outgoing import Wake
from models.session import WORKER, transaction

BATCH = 500
TAKEN_WITHIN = timedelta(seconds=1)
"""A worker that is awake takes a fresh row well within this time."""
COMPANIES_A_LOOK = 20

# One index probe per company instead of a walk over the whole backlog: from each company's first
# waiting row jump to the next company.
HEADS = """
WITH RECURSIVE head AS (
    (SELECT coalesce(company_id, '') AS company, seq, received_at FROM inbox
      WHERE state = 'waiting' AND coalesce(company_id, '') >= %(after)s
      ORDER BY coalesce(company_id, ''), seq LIMIT 1)
    UNION ALL
    SELECT following.* FROM head, LATERAL (
        SELECT coalesce(company_id, '') AS company, seq, received_at FROM inbox
         WHERE state = 'waiting' AND coalesce(company_id, '') > head.company
         ORDER BY coalesce(company_id, ''), seq LIMIT 1
    ) AS following
)
SELECT company, seq, received_at FROM head LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Look:
    """What a look found. `head` names the first row (or fact) left lying; empty = none."""

    head: str
    resume: str
    """The company to look from next time; empty = from the first."""


def make_due_wait(now: datetime) -> int:
    """Turn rows whose next attempt is due into waiting ones, and wake the workers for them.

    At most BATCH at a time; rows another process is turning are left to it. Twice is harmless.
    """
    with transaction(WORKER) as tx:
        turned = tx.run(
            "UPDATE inbox SET state = 'waiting', next_attempt_at = NULL WHERE seq IN ("
            " SELECT seq FROM inbox WHERE state IN ('retrying', 'snoozed')"
            " AND next_attempt_at <= %s ORDER BY next_attempt_at LIMIT %s"
            " FOR NO KEY UPDATE SKIP LOCKED)",
            (now, BATCH),
        )
        if turned:
            tx.send(Wake())
    return turned


def look_for_untaken(now: datetime, after: str = "") -> Look:
    """Find a waiting row or an unsettled fact that has lain for longer than a second.

    Looks at the oldest row of twenty companies, going on at `after`, so that a round of calls
    sees every company whatever the backlog.
    """
    with transaction(WORKER) as tx:
        heads = tx.rows(HEADS, {"after": after, "limit": COMPANIES_A_LOOK})
        facts = tx.rows(
            "SELECT company_id, id FROM member_fact WHERE NOT settled AND at < %s"
            " ORDER BY company_id, id LIMIT 1",
            (now - TAKEN_WITHIN,),
        )
    old = [seq for _, seq, received_at in heads if received_at < now - TAKEN_WITHIN]
    resume = heads[-1][0] if len(heads) == COMPANIES_A_LOOK else ""
    if old:
        return Look(f"inbox:{old[0]}", resume)
    return Look(f"fact:{facts[0][0]}:{facts[0][1]}" if facts else "", resume)
