"""How far the open quests of members are, read from the counts of their days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from game.rules.quests import progress
from game.services.ledger.posting import MemberKey
from game.services.members.store import MemberState
from game.services.platform import bulk
from models.session import Transaction

OPEN = (
    "SELECT q.company_id, q.member_id, q.id, q.template, q.target_type, q.target, q.baseline, "
    "  q.reward_xp, q.rule_version, q.first_day, q.last_day, q.progress, "
    "  coalesce(sum(CASE q.target_type WHEN 'referrals' THEN d.conversions "
    "    WHEN 'commission' THEN d.commission_usd_cents WHEN 'lessons' THEN d.lessons "
    "    WHEN 'visits' THEN d.visits WHEN 'clicks' THEN d.clicks "
    "    WHEN 'messages' THEN d.messages WHEN 'quests' THEN d.quests_claimed "
    "    WHEN 'achievements' THEN d.achievements END), 0)::bigint "
    "FROM unnest(%s::text[], %s::bigint[]) AS k (company_id, member_id) "
    "JOIN quest q USING (company_id, member_id) "
    "LEFT JOIN member_day d ON d.company_id = q.company_id AND d.member_id = q.member_id "
    "  AND d.day BETWEEN q.first_day AND q.last_day "
    # What the closing grants counts as of the window's last second, so claims are still counted.
    "WHERE q.state = 'assigned' AND q.closed_at IS NULL "
    "  AND (q.closes_at IS NULL OR q.closes_at > %s OR q.target_type = 'quests') "
    "GROUP BY q.company_id, q.id"
)


@dataclass(slots=True)
class OpenQuest:
    """An assigned quest whose window is not closed. `counted`: what the days add up to now."""

    id: int
    template: str
    target_type: str
    target: int
    baseline: int
    reward_xp: int
    rule_version: int
    first_day: date
    last_day: date
    was: int
    """Progress as stored."""
    counted: int
    progress: int = 0

    @property
    def is_complete(self) -> bool:
        return self.progress >= self.target


def load_open(
    tx: Transaction, members: Mapping[MemberKey, MemberState], now: datetime
) -> dict[MemberKey, list[OpenQuest]]:
    """The open quests of these members with their counts, in one query.

    From the moment its window closes a quest does not move, whenever the closing job comes.
    """
    found: dict[MemberKey, list[OpenQuest]] = defaultdict(list)
    if members:
        for row in tx.rows(OPEN, (*bulk.pairs(members), now)):
            found[row[0], row[1]].append(OpenQuest(*row[2:]))
    return found


def step(quest: OpenQuest, member: MemberState, unlocks: int, today: date) -> bool:
    """Move a quest to where its member is now; True when that finished it.

    `unlocks` are achievements of this very transaction, not yet in the day's counts. Levels and
    achievements are reached today, so outside of the window they do not count.
    """
    counted = quest.counted
    if quest.first_day <= today <= quest.last_day:
        if quest.target_type == "level":
            counted = member.level_ever - quest.baseline
        elif quest.target_type == "achievements":
            counted += unlocks
    quest.progress = progress(counted, quest.target, quest.was)
    return quest.is_complete


def store_open(
    tx: Transaction, open_quests: Mapping[MemberKey, list[OpenQuest]], now: datetime
) -> None:
    """Write the quests that moved, in one statement."""
    rows = [
        {
            "company_id": key[0],
            "id": quest.id,
            "progress": quest.progress,
            "state": "completed" if quest.is_complete else "assigned",
            "completed_at": now if quest.is_complete else None,
        }
        for key, quests in open_quests.items()
        for quest in quests
        if quest.progress != quest.was
    ]
    bulk.update(tx, "quest", rows, key="company_id id", columns="progress state completed_at")
