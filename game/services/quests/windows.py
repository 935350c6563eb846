"""Quest windows that open and close by the clock, for whole companies at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from game.services.ledger.posting import MemberKey
from game.services.members.store import lock_members, store_members
from game.services.notices.announcing import announce
from game.services.quests.assignment import assign
from game.services.rulesets.charter import Charter, load_charters
from models.base import Json
from models.session import WORKER, Transaction, transaction

MEMBERS_A_STEP = 500
COMPANIES_A_STEP = 100
LAST = 2**62
"""A member number beyond all others: everybody up to the end of that company is done."""


def assign_step(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:  # noqa: ARG001
    """Give the next 500 members whose local day began the quests of their new windows.

    Goes through members in the order of (company, id). Who came by earlier has them already, and
    a repeated step assigns nothing twice. Who is held by somebody else at this moment gets them
    with the next tick, or by what they do before.
    """
    company, member = str(progress.get("company", "")), int(progress.get("member", 0))
    with transaction(WORKER) as tx:
        companies = [
            row[0]
            for row in tx.rows(
                "SELECT company_id FROM company WHERE company_id >= %s ORDER BY 1 LIMIT %s",
                (company, COMPANIES_A_STEP),
            )
        ]
        if not companies or (companies == [company] and member == LAST):
            return None
        charters = load_charters(tx, companies)
        keys = _without_todays_quests(tx, charters, (company, member), now)
        _assign(tx, charters, keys, now)
    company, member = keys[-1] if len(keys) == MEMBERS_A_STEP else (companies[-1], LAST)
    return {"company": company, "member": member}


def _without_todays_quests(
    tx: Transaction, charters: Mapping[str, Charter], after: MemberKey, now: datetime
) -> list[MemberKey]:
    days = [charter.zones.day(now) for charter in charters.values()]
    rows = tx.rows(
        "SELECT m.company_id, m.id"
        " FROM unnest(%s::text[], %s::date[], %s::int[]) AS k (company_id, today, part)"
        " JOIN member m USING (company_id)"
        " WHERE (m.quests_through IS NULL"
        "   OR (m.quests_through, m.quests_part) < (k.today, k.part))"
        " AND (m.company_id, m.id) > (%s, %s) ORDER BY m.company_id, m.id LIMIT %s",
        (
            list(charters),
            [day.date for day in days],
            [day.part for day in days],
            *after,
            MEMBERS_A_STEP,
        ),
    )
    return [(row[0], row[1]) for row in rows]


def _assign(
    tx: Transaction, charters: Mapping[str, Charter], keys: list[MemberKey], now: datetime
) -> None:
    if not keys:
        return
    members = lock_members(tx, keys, skip_locked=True)
    announce(tx, members, assign(tx, charters, members, now), now)
    store_members(tx, members.values())
