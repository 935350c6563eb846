"""Closing quest windows: some time after a window's end late facts stop counting.

How long after is for the rules of the window's start to say; each quest keeps its moment. What was
finished and never claimed is granted at the close, as of the window's last second, exactly as a
claim of that second would have been. A granted claim may finish another quest of the same window
(one that counts claims), so windows are closed only when nothing is left to grant in them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from game.rules.quests import closes_at
from game.services.ledger.posting import MemberKey, Posting
from game.services.members.store import lock_members
from game.services.platform import bulk
from game.services.progress.acts import LAST_SECOND, QuestReward, grant
from game.services.progress.advancing import advance
from game.services.rulesets.charter import load_charters
from models.base import Json
from models.session import WORKER, Transaction, transaction

GRANTS_A_STEP = 200
CLOSED_A_STEP = 5_000


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """A finished quest whose reward nobody has claimed."""

    company_id: str
    id: int
    member_id: int
    template: str
    reward_xp: int
    ends_at: datetime

    @property
    def member(self) -> MemberKey:
        return (self.company_id, self.member_id)

    @property
    def moment(self) -> datetime:
        """The window's last second: when the claim counts."""
        return self.ends_at - LAST_SECOND


def close_step(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:
    """Grant what waits to be granted, or, where nothing does, close windows. None = all closed.

    Looks at what is due by `scheduled_for`, so a tick has an end however long it takes.
    """
    until = scheduled_for
    with transaction(WORKER) as tx:
        if say_when(tx) or grant_unclaimed(tx, until, now) or close(tx, until, now):
            return {"steps": int(progress.get("steps", 0)) + 1}
    return None


def say_when(tx: Transaction) -> int:
    """Give quests their closing moment that were assigned without one; how many."""
    found = tx.rows(
        "SELECT company_id, id, ends_at, rule_version FROM quest"
        " WHERE closed_at IS NULL AND closes_at IS NULL LIMIT %s FOR NO KEY UPDATE SKIP LOCKED",
        (CLOSED_A_STEP,),
    )
    charters = load_charters(tx, {company for company, *_ in found})
    rows = [
        {
            "company_id": company,
            "id": quest_id,
            "closes_at": closes_at(ends_at, charters[company].rules.numbered(version)),
        }
        for company, quest_id, ends_at, version in found
    ]
    bulk.update(tx, "quest", rows, key="company_id id", columns="closes_at")
    return len(rows)


def grant_unclaimed(tx: Transaction, until: datetime, now: datetime) -> int:
    """Claim, for their members, finished quests of windows that closed by `until`; how many.

    Members held by somebody else at this moment are left to the next tick.
    """
    keys = tx.rows(
        "SELECT company_id, member_id FROM quest WHERE closed_at IS NULL AND closes_at <= %s"
        " AND state = 'completed' ORDER BY closes_at, id LIMIT %s",
        (until, GRANTS_A_STEP),
    )
    if not keys:
        return 0
    members = lock_members(tx, {(company, member) for company, member in keys}, skip_locked=True)
    charters = load_charters(tx, {company for company, _ in members})
    quests = _unclaimed_of(tx, members, until)
    posting = Posting(now)
    for quest in quests:
        reward = QuestReward(quest.id, quest.template, quest.reward_xp, at_close=True)
        charter, member = charters[quest.company_id], members[quest.member]
        grant(tx, posting, charter, member, reward, quest.moment)
    _mark_closed(tx, quests, now)
    advance(tx, posting, charters, members)
    return len(quests)


def close(tx: Transaction, until: datetime, now: datetime) -> int:
    """Be done with quests of windows that closed by `until`; how many."""
    return tx.run(
        "UPDATE quest SET closed_at = %s WHERE id IN (SELECT id FROM quest"
        " WHERE closed_at IS NULL AND closes_at <= %s AND state <> 'completed' LIMIT %s"
        " FOR NO KEY UPDATE SKIP LOCKED)",
        (now, until, CLOSED_A_STEP),
    )


def _unclaimed_of(
    tx: Transaction, members: Collection[MemberKey], until: datetime
) -> list[Unclaimed]:
    """The members' finished quests, read under their locks: a claim may have been faster."""
    rows = tx.rows(
        "SELECT q.company_id, q.id, q.member_id, q.template, q.reward_xp,"
        " q.ends_at FROM unnest(%s::text[], %s::bigint[]) AS k (company_id, member_id)"
        " JOIN quest q USING (company_id, member_id)"
        " WHERE q.closed_at IS NULL AND q.closes_at <= %s AND q.state = 'completed' ORDER BY q.id",
        (*bulk.pairs(members), until),
    )
    return [Unclaimed(*row) for row in rows]


def _mark_closed(tx: Transaction, quests: Collection[Unclaimed], now: datetime) -> None:
    rows = [{"company_id": q.company_id, "id": q.id, "closed_at": now} for q in quests]
    bulk.update(tx, "quest", rows, key="company_id id", columns="closed_at")
