"""Who did what by hand, written in the action's own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from game.services.platform import bulk
from models.session import Transaction


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose hand: the company, and the Whop user id of who acts for it."""

    company_id: str
    user_id: str


def note(  # noqa: PLR0913, PLR0917 - who did what to what, when
    tx: Transaction, hand: Hand, action: str, subject: str, details: Mapping[str, Any], at: datetime
) -> None:
    """Write one line of the company's audit; `action` is `subject.verb`."""
    tx.run(
        "INSERT INTO audit (company_id, actor, action, subject, details, at) "
        "VALUES (%s, %s, %s, %s, %s::jsonb, %s)",
        (hand.company_id, hand.user_id, action, subject, bulk.to_json(details), at),
    )
