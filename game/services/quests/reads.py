"""A member's quests as they are shown, each with its words from the rules it was assigned by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from game.rules.metrics import QUEST_METRICS
from game.rules.refusals import Refusal
from game.rules.requirements import leaves, reached, read_requirement, told_part
from game.rules.ruleset import Rules
from game.services.platform.keyset import Key, Page, cut
from game.services.quests.counted import CountedFact, read_counted
from game.services.rulesets import wording
from game.services.rulesets.charter import load_charter
from models.session import Row, Transaction

COLUMNS = (
    "id, template, time_window, slot, target_type, target, progress, reward_xp, state, "
    "starts_at, ends_at, completed_at, claimed_at, rule_version, entry, terms, baseline, "
    "(time_window = 'daily' AND state = 'assigned' AND progress = 0 AND ends_at > %(now)s "
    "  AND starts_at <= %(now)s AND NOT EXISTS (SELECT FROM member_fact f "
    "    WHERE f.company_id = quest.company_id AND f.member_id = quest.member_id "
    "      AND f.kind = 'reroll' AND f.key = %(day)s))"
)
TERMS = 15
"""Where `terms` stands in COLUMNS."""
CURRENT = (
    f"SELECT {COLUMNS} FROM quest "  # noqa: S608 - our own names
    "WHERE company_id = %(company)s AND member_id = %(member)s "
    "  AND (ends_at, id) > (%(ends_after)s, %(id_after)s) AND starts_at <= %(now)s "
    "  AND state <> 'replaced' "
    "  AND (ends_at > %(now)s OR (state = 'completed' AND closed_at IS NULL)) "
    "ORDER BY ends_at, id LIMIT %(rows)s"
)


@dataclass(frozen=True, slots=True)
class QuestPart:
    """One thing a quest asks for, of several; `progress` stops at the target."""

    metric: str
    words: str
    target: int
    progress: int


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
    can_reroll: bool
    """Whether another quest may be asked for in its place, now."""
    parts: list[QuestPart]
    facts: list[CountedFact]
    """Each fact that counted; only where one quest is asked for."""


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
    charter = load_charter(tx, company_id)
    rules = charter.rules
    # A window may still be claimed from while late facts count for it.
    earliest = now - timedelta(hours=2 * rules.at(now).quests.close_hours)
    rows = tx.rows(
        CURRENT,
        {
            "company": company_id,
            "member": member_id,
            "now": now,
            "day": str(charter.zones.day(now)),
            "ends_after": after[0] if after else earliest,
            "id_after": after[1] if after else 0,
            "rows": limit + 1,
        },
    )
    counts = _counts(tx, company_id, [row[0] for row in rows if _asks_several(row)])
    views = [_view(row, rules, counts.get(row[0], {})) for row in rows]
    return cut(views, limit, lambda quest: (quest.ends_at.isoformat(), quest.id))


def read_quest(
    tx: Transaction, company_id: str, member_id: int, quest_id: int, now: datetime
) -> QuestView:
    """One quest of this member, past ones too, with each fact that counted.

    Raises the refusal `not_found`.
    """
    charter = load_charter(tx, company_id)
    rows = tx.rows(
        f"SELECT {COLUMNS} FROM quest "  # noqa: S608 - our own names
        "WHERE company_id = %(company)s AND id = %(id)s AND member_id = %(member)s",
        {
            "company": company_id,
            "id": quest_id,
            "member": member_id,
            "now": now,
            "day": str(charter.zones.day(now)),
        },
    )
    if not rows:
        raise Refusal("not_found", "There is no such quest.", {"quest_id": str(quest_id)})
    counts = _counts(tx, company_id, [quest_id] if _asks_several(rows[0]) else [])
    view = _view(rows[0], charter.rules, counts.get(quest_id, {}))
    metrics = frozenset(part.metric for part in view.parts) or frozenset((view.target_type,))
    facts = read_counted(tx, company_id, member_id, metrics, view.starts_at, view.ends_at)
    return replace(view, facts=facts)


def _asks_several(row: Row) -> bool:
    return bool(row[TERMS]) and "metric" not in row[TERMS]


def _counts(tx: Transaction, company_id: str, quest_ids: list[int]) -> dict[int, dict[str, int]]:
    """What is counted in the windows of quests, by metric; no query where none is asked for."""
    if not quest_ids:
        return {}
    counted = {name: metric.count for name, metric in QUEST_METRICS.items() if metric.count}
    sums = ", ".join(f"coalesce(sum(d.{count}), 0)::bigint" for count in counted.values())
    rows = tx.rows(
        f"SELECT q.id, max(m.level_ever - q.baseline), {sums} FROM quest q "  # noqa: S608
        "JOIN member m ON m.company_id = q.company_id AND m.id = q.member_id "
        "LEFT JOIN member_day d ON d.company_id = q.company_id AND d.member_id = q.member_id "
        "  AND d.day BETWEEN q.first_day - 4 AND q.last_day + 4 "
        "  AND d.starts_at >= q.starts_at AND d.starts_at < q.ends_at "
        "WHERE q.company_id = %s AND q.id = ANY(%s) GROUP BY 1",
        (company_id, quest_ids),
    )
    return {
        quest_id: {"level": levels, **dict(zip(counted, counts, strict=True))}
        for quest_id, levels, *counts in rows
    }


def _view(row: Row, rules: Rules, counts: Mapping[str, int]) -> QuestView:
    (
        quest_id, template, window, slot, target_type, target, progress, reward_xp, state,
        starts_at, ends_at, completed_at, claimed_at, version, entry, terms, _, can_reroll,
    ) = row  # fmt: skip
    found = rules.catalogue.quest(entry) or wording.quest_template(rules, template, version)
    parts = []
    if _asks_several(row):
        parts = [
            QuestPart(leaf.metric, told_part(leaf), leaf.target, reached(leaf, counts))
            for leaf in leaves(read_requirement(terms, QUEST_METRICS))
        ]
    return QuestView(
        id=quest_id,
        template=template,
        title=found.title if found else template,
        description=found.description if found else "",
        window=window,
        slot=slot.partition(":")[0],
        difficulty=getattr(found, "difficulty", "special"),
        target_type=target_type,
        target=target,
        progress=progress,
        reward_xp=reward_xp,
        state=state,
        starts_at=starts_at,
        ends_at=ends_at,
        completed_at=completed_at,
        claimed_at=claimed_at,
        can_reroll=can_reroll,
        parts=parts,
        facts=[],
    )
