"""A member's quests as they are shown, each with its words from the rules it was assigned by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from game.rules.refusals import Refusal
from game.rules.ruleset import Rules
from game.services.platform.keyset import Key, Page, cut
from game.services.rulesets import wording
from game.services.rulesets.book import load_book
from models.session import Row, Transaction

COLUMNS = (
    "id, template, time_window, slot, target_type, target, progress, reward_xp, state, "
    "starts_at, ends_at, completed_at, claimed_at, rule_version"
)
CURRENT = (
    f"SELECT {COLUMNS} FROM quest "  # noqa: S608 - our own names
    "WHERE company_id = %(company)s AND member_id = %(member)s "
    "  AND (ends_at, id) > (%(ends_after)s, %(id_after)s) AND starts_at <= %(now)s "
    "  AND (ends_at > %(now)s OR (state = 'completed' AND closed_at IS NULL)) "
    "ORDER BY ends_at, id LIMIT %(rows)s"
)


@dataclass(frozen=True, slots=True)
class QuestView:
    """One quest of one member, open in `[starts_at, ends_at)`; its numbers never change."""

    id: int
    template: str
    title: str
    description: str
    window: str
    slot: str
    difficulty: str
    target_type: str
    target: int
    progress: int
    reward_xp: int
    state: str
    starts_at: datetime
    ends_at: datetime
    completed_at: datetime | None
    claimed_at: datetime | None


def read_quests(  # noqa: PLR0913 - whose, when, which page
    tx: Transaction,
    company_id: str,
    member_id: int,
    now: datetime,
    *,
    after: Key | None,
    limit: int,
) -> Page[QuestView]:
    """The quests of the windows open now, and finished ones that wait to be claimed.

    The window that ends first comes first. Four queries.
    """
    rules = load_book(tx, company_id).rules
    # A window may still be claimed from while late facts count for it.
    earliest = now - timedelta(hours=2 * rules.at(now).quests.close_hours)
    rows = tx.rows(
        CURRENT,
        {
            "company": company_id,
            "member": member_id,
            "now": now,
            "ends_after": after[0] if after else earliest,
            "id_after": after[1] if after else 0,
            "rows": limit + 1,
        },
    )
    views = [_view(row, rules) for row in rows]
    return cut(views, limit, lambda quest: (quest.ends_at.isoformat(), quest.id))


def read_quest(tx: Transaction, company_id: str, member_id: int, quest_id: int) -> QuestView:
    """One quest of this member, past ones too. Raises the refusal `not_found`."""
    rows = tx.rows(
        f"SELECT {COLUMNS} FROM quest "  # noqa: S608 - our own names
        "WHERE company_id = %s AND id = %s AND member_id = %s",
        (company_id, quest_id, member_id),
    )
    if not rows:
        raise Refusal("not_found", "There is no such quest.", {"quest_id": str(quest_id)})
    return _view(rows[0], load_book(tx, company_id).rules)


def _view(row: Row, rules: Rules) -> QuestView:
    (
        quest_id, template, window, slot, target_type, target, progress, reward_xp, state,
        starts_at, ends_at, completed_at, claimed_at, version,
    ) = row  # fmt: skip
    found = wording.quest_template(rules, template, version)
    return QuestView(
        id=quest_id,
        template=template,
        title=found.title if found else template,
        description=found.description if found else "",
        window=window,
        slot=slot,
        difficulty=found.difficulty if found else "easy",
        target_type=target_type,
        target=target,
        progress=progress,
        reward_xp=reward_xp,
        state=state,
        starts_at=starts_at,
        ends_at=ends_at,
        completed_at=completed_at,
        claimed_at=claimed_at,
    )
