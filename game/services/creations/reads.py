"""What creators made, as they see it: its newest version, how far it was given, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from game.rules.requirements import told
from game.services.creations.acts import Kind
from game.services.platform.keyset import Key, Page, cut
from game.services.rulesets.catalogue import version_of
from models.session import Transaction

MADE = """
SELECT n.first, n.number, n.key, n.state, n.document, n.at, r.members, r.looked_at, r.finished_at
FROM (SELECT DISTINCT ON (key) min(number) OVER (PARTITION BY key) AS first,
        number, key, state, document, at
      FROM creation WHERE company_id = %(company)s AND kind = %(kind)s
      ORDER BY key, number DESC) AS n
LEFT JOIN LATERAL (
  SELECT members, looked_at, finished_at FROM creation_run
  WHERE company_id = %(company)s AND number = n.number ORDER BY starts_at DESC LIMIT 1) r ON true
WHERE %(before)s::bigint IS NULL OR n.first < %(before)s
ORDER BY n.first DESC LIMIT %(rows)s
"""
OF_QUESTS = """
SELECT c.key, count(*), count(*) FILTER (WHERE q.state <> 'assigned'),
  count(*) FILTER (WHERE q.state = 'claimed')
FROM quest q JOIN creation c ON c.company_id = q.company_id AND c.number = q.entry
WHERE q.company_id = %(company)s AND q.entry IS NOT NULL AND c.key = ANY(%(keys)s) GROUP BY 1
"""
OF_ACHIEVEMENTS = """
SELECT key, members, members, members FROM achievement_share
WHERE company_id = %(company)s AND key = ANY(%(keys)s)
"""


@dataclass(frozen=True, slots=True)
class CreationView:
    """One quest or achievement of a creator.

    `id`: number of its first version. `given`, `completed`, `claimed`: how many times, over all
    versions; of an achievement how many members had it when that was last counted. `dealt`: how
    many of `members` the newest version has come to, None while it has not begun to.
    """

    id: int
    key: str
    state: str
    document: Mapping[str, Any]
    words: str
    changed_at: datetime
    given: int
    completed: int
    claimed: int
    dealt: int | None
    members: int | None
    dealt_at: datetime | None


def read_creations(
    tx: Transaction, company_id: str, kind: Kind, after: Key | None, limit: int
) -> Page[CreationView]:
    """What a company's creators made of one kind, newest first, in two queries."""
    rows = tx.rows(
        MADE,
        {
            "company": company_id,
            "kind": kind,
            "before": after[0] if after else None,
            "rows": limit + 1,
        },
    )
    counts = {
        key: tuple(numbers)
        for key, *numbers in tx.rows(
            OF_QUESTS if kind == "quest" else OF_ACHIEVEMENTS,
            {"company": company_id, "keys": [row[2] for row in rows]},
        )
    }
    views = []
    for first, number, key, state, document, at, members, looked_at, finished_at in rows:
        given, completed, claimed = counts.get(key, (0, 0, 0))
        made = version_of(number, at, state, kind, key, document).made
        asked = made.requirement
        views.append(
            CreationView(
                id=first,
                key=key,
                state=state,
                document=document,
                words=told(asked) if asked else "",
                changed_at=at,
                given=given,
                completed=completed,
                claimed=claimed,
                dealt=looked_at if members is None or finished_at is None else members,
                members=members,
                dealt_at=finished_at,
            )
        )
    return cut(views, limit, lambda one: (one.id,))
