"""Words of a company's creator, or of those who run the installation, to all members.

What is said is one row a company; every member it found there hears it as a numbered notice. They
are told in steps, each in a transaction with how far it got, so nobody hears it twice or never.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from game.services.ledger.posting import MemberKey
from game.services.members.store import lock_members, store_members
from game.services.notices.announcing import announce
from game.services.platform.keyset import Page, cut
from models.base import Json
from models.session import MEMBER, WORKER, Transaction, transaction

MEMBERS_A_STEP = 300

SAID = """
INSERT INTO announcement
  (company_id, severity, title, text, actor_user_id, by_operator, created_at, last_member_id)
SELECT c.company_id, %(severity)s, %(title)s, %(text)s, %(actor)s, %(by_operator)s, %(now)s, last.id
FROM company c CROSS JOIN LATERAL (
  SELECT id FROM member m WHERE m.company_id = c.company_id ORDER BY id DESC LIMIT 1) AS last
WHERE %(company)s IN (c.company_id, '')
"""

NEXT = """
SELECT company_id, id, severity, title, text, told_through, last_member_id FROM announcement
WHERE done_at IS NULL ORDER BY id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
"""

Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Words:
    """What is announced."""

    severity: Severity
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Announcement:
    """What was announced to a company, and how many of its members were told so far."""

    id: int
    severity: str
    title: str
    text: str
    by_operator: bool
    created_at: datetime
    told: int
    is_done: bool


def say(words: Words, actor: str, company_id: str, now: datetime) -> None:
    """Announce to the members of one company, and tell the first of them at once."""
    with transaction(MEMBER, company_id) as tx:
        _say(tx, words, actor, company_id, now, by_operator=False)
    tell_step({}, now, now)


def say_everywhere(words: Words, actor: str, now: datetime) -> None:
    """Announce to the members of every company there is, as an operator."""
    with transaction(WORKER) as tx:
        _say(tx, words, actor, "", now, by_operator=True)
    tell_step({}, now, now)


def tell_step(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:  # noqa: ARG001
    """Tell the next members of the oldest announcement; None where everybody has been told."""
    with transaction(WORKER) as tx:
        found = tx.rows(NEXT)
        if not found:
            return None
        company, number, severity, title, text, through, last = found[0]
        keys: list[MemberKey] = [
            (company, member)
            for (member,) in tx.rows(
                "SELECT id FROM member WHERE company_id = %s AND id > %s AND id <= %s "
                "ORDER BY id LIMIT %s",
                (company, through, last, MEMBERS_A_STEP),
            )
        ]
        members = lock_members(tx, keys)
        data = {"severity": severity, "title": title, "text": text}
        announce(tx, members, {key: [("system_notification", data)] for key in members}, now)
        store_members(tx, members.values())
        is_done = len(keys) < MEMBERS_A_STEP
        tx.run(
            "UPDATE announcement SET told_through = %s, told = told + %s, done_at = %s "
            "WHERE company_id = %s AND id = %s",
            (
                keys[-1][1] if keys else through,
                len(keys),
                now if is_done else None,
                company,
                number,
            ),
        )
    return {"steps": int(progress.get("steps", 0)) + 1}


def read_announcements(
    tx: Transaction, company_id: str, after: Sequence[object] | None, limit: int
) -> Page[Announcement]:
    """What was announced to a company, newest first, in one query."""
    rows = tx.rows(
        "SELECT id, severity, title, text, by_operator, created_at, told, done_at IS NOT NULL "
        "FROM announcement WHERE company_id = %s AND (%s IS NULL OR id < %s) "
        "ORDER BY id DESC LIMIT %s",
        (company_id, *([after[0] if after else None] * 2), limit + 1),
    )
    return cut([Announcement(*row) for row in rows], limit, lambda one: (one.id,))


def _say(  # noqa: PLR0913 - what, who, to whom
    tx: Transaction,
    words: Words,
    actor: str,
    company_id: str,
    now: datetime,
    *,
    by_operator: bool,
) -> None:
    tx.run(
        SAID,
        {
            "severity": words.severity,
            "title": words.title,
            "text": words.text,
            "actor": actor,
            "by_operator": by_operator,
            "now": now,
            "company": company_id,
        },
    )
    tx.run(
        "INSERT INTO audit (company_id, actor, action, subject, details, at) "
        "VALUES (%s, %s, 'announcement.post', %s, %s, %s)",
        (
            company_id or None,
            actor,
            words.title,
            json.dumps({"severity": words.severity, "text": words.text}),
            now,
        ),
    )
