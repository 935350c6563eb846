"""Campaigns: names under which links are counted together, a member's own or the company's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from game.rules.refusals import Refusal
from models.session import MEMBER, Transaction, transaction

MOST = 100
"""Campaigns of one member, and of the company."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign. `is_company`: the creator's, open to every member's links."""

    id: int
    name: str
    is_company: bool
    created_at: datetime


def create(company_id: str, member_id: int | None, name: str, now: datetime) -> Campaign:
    """Make a campaign of a member's, or the company's (None). The same name gives the same one.

    Refuses `too_many_campaigns`.
    """
    with transaction(MEMBER, company_id) as tx:
        _lock(tx, company_id, member_id)
        mine = "company_id = %s AND member_id IS NOT DISTINCT FROM %s"
        found = tx.rows(
            f"SELECT id, name, member_id IS NULL, created_at FROM campaign WHERE {mine}",  # noqa: S608
            (company_id, member_id),
        )
        for row in found:
            if row[1] == name:
                return Campaign(*row)
        if len(found) >= MOST:
            words = f"There are {MOST} campaigns, which is as many as there can be."
            raise Refusal("too_many_campaigns", words, {"most": MOST})
        [row] = tx.rows(
            "INSERT INTO campaign (company_id, member_id, name, created_at) "
            "VALUES (%s, %s, %s, %s) RETURNING id, name, member_id IS NULL, created_at",
            (company_id, member_id, name, now),
        )
    return Campaign(*row)


def _lock(tx: Transaction, company_id: str, member_id: int | None) -> None:
    """Let two requests at once not make two of one name, nor more than there may be."""
    if member_id is None:
        tx.rows("SELECT FROM company WHERE company_id = %s FOR NO KEY UPDATE", (company_id,))
    else:
        tx.rows(
            "SELECT FROM member WHERE company_id = %s AND id = %s FOR NO KEY UPDATE",
            (company_id, member_id),
        )


def read_campaigns(tx: Transaction, company_id: str, member_id: int | None) -> list[Campaign]:
    """The company's campaigns and, with a member, theirs, newest first."""
    rows = tx.rows(
        "SELECT id, name, member_id IS NULL, created_at FROM campaign "
        "WHERE company_id = %s AND (member_id IS NULL OR member_id = %s) "
        "ORDER BY created_at DESC, id DESC",
        (company_id, member_id),
    )
    return [Campaign(*row) for row in rows]
