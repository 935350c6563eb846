"""Who owns a company, as far as anybody can tell, and what it means for the books.

A company's own creator is never credited, so the owner is an input of attribution: whoever becomes
one, or no longer is, leaves a fact for the next batch, which values the buyers of their links anew.
"""

from __future__ import annotations

from datetime import datetime

from game.services.whop.api import Account, Level
from models.outgoing import Wake
from models.session import Transaction


def settle_owner(
    tx: Transaction, account: Account, user_id: str, level: Level, now: datetime
) -> str:
    """Store and give the owner, empty while nobody can tell; `user_id` is who signs in.

    Whop's word counts. Without it the first of the team to come is the creator, until they leave.
    """
    company_id = account.company_id
    [(stored,)] = tx.rows("SELECT owner_user_id FROM company WHERE company_id = %s", (company_id,))
    owner = account.owner_id or _guess(tx, company_id, stored, user_id, level)
    if owner == stored:
        return owner
    tx.run("UPDATE company SET owner_user_id = %s WHERE company_id = %s", (owner, company_id))
    tx.run(
        "INSERT INTO member_fact (company_id, member_id, kind, key, at, value, settled) "
        "SELECT company_id, id, 'owner', %(key)s, %(now)s, %(owner)s, false FROM member "
        "WHERE company_id = %(company)s AND whop_user_id IN (%(stored)s, %(owner)s) "
        "ON CONFLICT DO NOTHING",
        {
            "company": company_id,
            "key": now.isoformat(),
            "now": now,
            "stored": stored,
            "owner": owner,
        },
    )
    tx.send(Wake())
    return owner


def _guess(tx: Transaction, company_id: str, stored: str, user_id: str, level: Level) -> str:
    if level != "admin":
        return "" if stored == user_id else stored
    if stored:
        return stored
    made = tx.rows(
        "SELECT FROM member WHERE company_id = %s AND role = 'creator' LIMIT 1", (company_id,)
    )
    return "" if made else user_id
