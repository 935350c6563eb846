"""A computation with checkpoints: each step of a preview is one transaction, kept in its row."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from game.rules.preview_sums import Pair, Sums, pairs
from game.rules.ruleset import read_rules
from game.services.platform import bulk
from game.services.previews import buyers, players, result
from game.services.previews.asking import WORK
from game.services.previews.comparison import Changes, Comparison
from game.services.rulesets.charter import Charter, load_charter
from models import clock
from models.base import Json
from models.outgoing import RunTask
from models.passing import is_passing
from models.session import WORKER, Transaction, transaction

log = structlog.get_logger(__name__)

BUYERS_A_STEP = 500
MEMBERS_A_STEP = 300
SLICE_SECONDS = 15.0
"""How long one task works on a preview before it makes room for others."""
FORGOTTEN = timedelta(minutes=1)
"""A preview asked for this long ago may have lost its message; the sweep looks after it."""

MINE = """
SELECT phase, cursor, done, sums, document, since, until FROM rule_preview
WHERE company_id = %s AND id = %s AND phase IN ('payments', 'members')
FOR NO KEY UPDATE SKIP LOCKED
"""
KEEP = """
UPDATE rule_preview SET phase = %s, cursor = %s, done = done + %s, sums = %s
WHERE company_id = %s AND id = %s
"""
ADDED = "xp_now xp_then usd_now_cents usd_then_cents"


def work(company_id: str, preview_id: int, *, seconds: float = SLICE_SECONDS) -> None:
    """Go on with a preview for a while and ask for another task where that was not enough.

    Harmless when doubled: a step belongs to whoever has the row. One that cannot be computed is
    marked `failed` and logged; an error that passes leaves it to the sweep.
    """
    until = time.monotonic() + seconds
    try:
        while step(company_id, preview_id, clock.now()):
            if time.monotonic() > until:
                with transaction(WORKER) as tx:
                    tx.send(RunTask(WORK, {"company_id": company_id, "preview_id": preview_id}))
                return
    except Exception as error:
        if is_passing(error):
            raise
        log.exception("preview_failed", company_id=company_id, preview_id=preview_id)
        _fail(company_id, preview_id)


def sweep_step(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:  # noqa: ARG001
    """Go on with a preview whose message was lost or whose worker died. One a tick."""
    with transaction(WORKER) as tx:
        rows = tx.rows(
            "SELECT company_id, id FROM rule_preview "
            "WHERE phase IN ('payments', 'members') AND created_at < %s "
            "ORDER BY created_at LIMIT 1",
            (now - FORGOTTEN,),
        )
    if rows:
        work(*rows[0])
    return None


def step(company_id: str, preview_id: int, now: datetime) -> bool:
    """Do one step; False when nothing is left, or somebody else is at it."""
    with transaction(WORKER) as tx:
        rows = tx.rows(MINE, (company_id, preview_id))
        if not rows:
            return False
        phase, cursor, _, kept, document, since, until = rows[0]
        over = _comparison(load_charter(tx, company_id), document, since, until, kept)
        if phase == "payments":
            keys = buyers.next_buyers(tx, over, cursor, BUYERS_A_STEP)
            changes = buyers.compare(tx, over, keys)
            after, count = (keys[-1][1], len(keys)) if keys else ("", 0)
        else:
            some = players.next_members(tx, company_id, int(cursor or 0), MEMBERS_A_STEP)
            changes = players.compare(tx, over, some)
            after, count = (str(some[-1]), len(some)) if some else ("", 0)
        _keep_changes(tx, company_id, preview_id, changes)
        following = phase if count else {"payments": "members", "members": "done"}[phase]
        tx.run(KEEP, (following, after, count, bulk.to_json(over.sums), company_id, preview_id))
        if following == "done":
            found = result.build(tx, over, preview_id)
            tx.run(
                "UPDATE rule_preview SET result = %s, finished_at = %s "
                "WHERE company_id = %s AND id = %s",
                (json.dumps(found), now, company_id, preview_id),
            )
        return following != "done"


def _comparison(
    today: Charter, document: Json, since: datetime, until: datetime, kept: Json
) -> Comparison:
    rules = today.rules.replaced_from(since, read_rules(document))
    draft = Charter(today.company_id, today.owner_id, rules, today.zones)
    return Comparison(today, draft, since, until, _sums(kept))


def _keep_changes(tx: Transaction, company_id: str, preview_id: int, changes: Changes) -> None:
    bulk.insert(
        tx,
        "rule_preview_member",
        [
            {
                "company_id": company_id,
                "preview_id": preview_id,
                "member_id": number,
                "xp_now": (xp := changes.xp.get(number, Pair())).now,
                "xp_then": xp.then,
                "usd_now_cents": (usd := changes.usd_cents.get(number, Pair())).now,
                "usd_then_cents": usd.then,
            }
            for number in sorted(changes.xp.keys() | changes.usd_cents.keys())
        ],
        key="company_id preview_id member_id",
        add=ADDED,
    )


def _sums(kept: Mapping[str, Any]) -> Sums:
    """What earlier steps added up; from an empty object, nothing."""
    sums = Sums(payments=kept.get("payments", 0))
    sums.quests.update(kept.get("quests", {}))
    sums.exponents.update(kept.get("exponents", {}))
    for name in ("money", "class_xp", "class_usd_cents", "quests_done"):
        found = pairs()
        found.update({key: Pair(**pair) for key, pair in kept.get(name, {}).items()})
        setattr(sums, name, found)
    return sums


def _fail(company_id: str, preview_id: int) -> None:
    with transaction(WORKER) as tx:
        tx.run(
            "UPDATE rule_preview SET phase = 'failed', finished_at = %s "
            "WHERE company_id = %s AND id = %s AND phase IN ('payments', 'members')",
            (clock.now(), company_id, preview_id),
        )
