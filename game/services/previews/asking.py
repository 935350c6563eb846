"""Previews of rules as creators ask for them: begin one, look how far it is, read what came out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from game.rules.refusals import Refusal
from game.services.rulesets.charter import load_charter
from game.services.rulesets.publishing import checked, newest
from models.outgoing import RunTask
from models.session import MEMBER, Transaction, transaction

KEPT = 10
"""Previews a company keeps; older ones go when another is asked for."""
WORK = "previews.work"

TOTAL = """
SELECT (SELECT count(DISTINCT buyer_id) FROM payment
        WHERE company_id = %(company)s AND buyer_id > '' AND at >= %(since)s AND at < %(until)s)
     + (SELECT count(*) FROM member WHERE company_id = %(company)s)
"""


@dataclass(frozen=True, slots=True)
class PreviewView:
    """One preview. `result` is None until it is `done`; `failed` = it could not be computed."""

    id: int
    state: str
    days: int
    since: datetime
    until: datetime
    done: int
    total: int
    created_at: datetime
    finished_at: datetime | None
    result: dict[str, Any] | None


def ask(company_id: str, document: Mapping[str, Any], days: int, actor: str, now: datetime) -> int:
    """Begin a preview of the draft over the last `days` local days; its id.

    Refuses `invalid_rules`, and `preview_running` while another one of the company is under way
    (details: `id`): each costs as much as settling all those days again.
    """
    with transaction(MEMBER, company_id) as tx:
        tx.run("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"preview {company_id}",))
        version, _, _ = newest(tx, company_id)
        _, numbered = checked(document, version + 1)
        running = tx.rows(
            "SELECT id FROM rule_preview "
            "WHERE company_id = %s AND phase IN ('payments', 'members')",
            (company_id,),
        )
        if running:
            details = {"id": str(running[0][0])}
            raise Refusal("preview_running", "Another preview is under way.", details)
        tx.run(
            "DELETE FROM rule_preview WHERE company_id = %s AND id NOT IN "
            "(SELECT id FROM rule_preview WHERE company_id = %s ORDER BY id DESC LIMIT %s)",
            (company_id, company_id, KEPT - 1),
        )
        zones = load_charter(tx, company_id).zones
        since = zones.window("daily", now - timedelta(days=days)).starts_at
        wanted = {"company": company_id, "since": since, "until": now}
        [(total,)] = tx.rows(TOTAL, wanted)
        [(preview_id,)] = tx.rows(
            "INSERT INTO rule_preview "
            "(company_id, actor_user_id, document, days, since, until, total, created_at) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
            (company_id, actor, json.dumps(numbered), days, since, now, total, now),
        )
        tx.send(RunTask(WORK, {"company_id": company_id, "preview_id": preview_id}))
        return int(preview_id)


def read(tx: Transaction, company_id: str, preview_id: int) -> PreviewView:
    """A preview of the company, in one query. Refuses `not_found`."""
    rows = tx.rows(
        "SELECT id, phase, days, since, until, done, total, created_at, finished_at, result "
        "FROM rule_preview WHERE company_id = %s AND id = %s",
        (company_id, preview_id),
    )
    if not rows:
        raise Refusal("not_found", "There is no such preview.", {"id": str(preview_id)})
    view = PreviewView(*rows[0])
    is_open = view.state not in ("done", "failed")
    return replace(view, state="running" if is_open else view.state, result=view.result or None)
