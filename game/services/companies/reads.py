"""What a creator chooses from: the team, and what the company has for sale."""

from __future__ import annotations

from dataclasses import dataclass

from game.services.referrals import checkouts
from game.services.whop import api
from models.session import Transaction


@dataclass(frozen=True, slots=True)
class TeamMember:
    """Somebody whom Whop counts to the team. `is_owner`: the account is theirs."""

    user_id: str
    username: str
    role: str
    is_owner: bool


def read_team(tx: Transaction, company_id: str) -> list[TeamMember]:
    """The team as far as they have opened the app, the owner first."""
    rows = tx.rows(
        "SELECT m.whop_user_id, m.username, m.role, m.whop_user_id = c.owner_user_id AS owner "
        "FROM member m JOIN company c USING (company_id) "
        "WHERE m.company_id = %s AND m.role <> 'member' ORDER BY owner DESC, m.username, m.id "
        "LIMIT 100",
        (company_id,),
    )
    return [TeamMember(*row) for row in rows]


def plans_for_sale(company_id: str) -> list[api.Plan]:
    """The plans customers see, oldest first; none without a key. Raises whop_unreachable."""
    return api.plans(company_id) if checkouts.can_ask() else []
