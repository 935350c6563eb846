"""What a company has set for its payouts: from which worth on two people have to agree."""

from __future__ import annotations

import json
from datetime import datetime

from game.services.payouts.audit import note
from models.session import WORKER, Transaction, transaction

SECOND_ABOVE = "payouts.second_above_usd_cents"
SECOND_ABOVE_DEFAULT = 50_000
"""500 US dollars: what one mistake may cost where nobody has set anything else."""


def second_above_usd_cents(tx: Transaction, company_id: str) -> int:
    """Above this worth a second person has to agree, in US cents."""
    rows = tx.rows(
        "SELECT value FROM system_config WHERE company_id = %s AND key = %s "
        "ORDER BY version DESC LIMIT 1",
        (company_id, SECOND_ABOVE),
    )
    found = rows[0][0] if rows else SECOND_ABOVE_DEFAULT
    return int(found)


def set_second_above(company_id: str, usd_cents: int, actor: str, now: datetime) -> None:
    """Set the limit for payouts made from now on. The versions before stay in the table."""
    with transaction(WORKER, company_id) as tx:
        was = second_above_usd_cents(tx, company_id)
        tx.run(
            "INSERT INTO system_config (company_id, key, version, value, created_at, actor_user_id)"
            " SELECT %(company)s, %(key)s, coalesce(max(version), 0) + 1, %(value)s::jsonb, "
            "%(now)s, %(actor)s FROM system_config "
            "WHERE company_id = %(company)s AND key = %(key)s",
            {
                "company": company_id,
                "key": SECOND_ABOVE,
                "value": json.dumps(usd_cents),
                "now": now,
                "actor": actor,
            },
        )
        details = {"was": was, "is": usd_cents}
        note(tx, company_id, actor, "payouts.limit", SECOND_ABOVE, details, now)
