"""Reading anew the streaks of members that were last read by a rule without frozen days.

Each member is read once; where everybody has been, a tick is one look at the members.
"""

from __future__ import annotations

from datetime import datetime

from game.services.ledger.posting import Posting
from game.services.members.store import lock_members
from game.services.progress.advancing import advance
from game.services.rulesets.charter import load_charters
from models.base import Json
from models.session import WORKER, transaction

MEMBERS_A_STEP = 500

UNREAD = """
SELECT company_id, id FROM member
WHERE (company_id, id) > (%s, %s) AND NOT streaks_read
ORDER BY company_id, id LIMIT %s
"""


def read_step(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:  # noqa: ARG001
    """Read the next members' streaks. Whoever is held by somebody else waits for the next tick."""
    after = (progress.get("company", ""), progress.get("member", 0))
    with transaction(WORKER) as tx:
        keys = [(company, member) for company, member in tx.rows(UNREAD, (*after, MEMBERS_A_STEP))]
        if not keys:
            return None
        members = lock_members(tx, keys, skip_locked=True)
        charters = load_charters(tx, {company for company, _ in members})
        advance(tx, Posting(now), charters, members)
    return {"company": keys[-1][0], "member": keys[-1][1]}
