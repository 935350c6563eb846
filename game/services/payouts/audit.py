"""Who decided what about a company's money, written in the decision's own transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from models.session import Transaction


def note(  # noqa: PLR0913, PLR0917 - the columns of an audit row
    tx: Transaction,
    company_id: str,
    actor: str,
    action: str,
    subject: str,
    details: Mapping[str, object],
    now: datetime,
) -> None:
    """Write one row of the audit."""
    tx.run(
        "INSERT INTO audit (company_id, actor, action, subject, details, at) "
        "VALUES (%s, %s, %s, %s, %s::jsonb, %s)",
        (company_id, actor, action, subject, json.dumps(details), now),
    )
