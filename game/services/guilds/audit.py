"""What a company's moderators do in guilds stands in the audit; what members do, in the channel."""

from __future__ import annotations

import json
from datetime import datetime

from game.services.guilds.held import Actor, Held
from models.session import Transaction


def note(
    tx: Transaction, actor: Actor, guild: Held, action: str, now: datetime, **details: object
) -> None:
    """Write a line in the action's own transaction, where a moderator did it."""
    if not actor.is_moderator:
        return
    tx.run(
        "INSERT INTO audit (company_id, actor, action, subject, details, at) "
        "SELECT company_id, whop_user_id, %s, %s, %s::jsonb, %s FROM member "
        "WHERE company_id = %s AND id = %s",
        (
            action, f"guild {guild.id}", json.dumps(details), now, actor.company_id,
            actor.member_id,
        ),
    )  # fmt: skip
