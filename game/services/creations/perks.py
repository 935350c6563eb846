"""Perks: what a creator gives to those who reached a level. They move no figure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from game.rules.refusals import Refusal
from game.services.creations.acts import Author, note
from game.services.platform.keyset import Key, Page, cut
from models.session import MEMBER, Transaction, transaction

MOST = 200
KINDS = ("text", "link", "promo_code", "whop_role")


@dataclass(frozen=True, slots=True)
class PerkView:
    """One perk. `content`: the text, the link, the code, or the role to ask for."""

    id: int
    level: int
    kind: str
    title: str
    content: str
    created_at: datetime


def read_perks(  # noqa: PLR0913 - whose, which page
    tx: Transaction,
    company_id: str,
    member_id: int,
    *,
    everything: bool,
    after: Key | None,
    limit: int,
) -> Page[PerkView]:
    """The perks of the levels a member ever reached, or all of them; lowest level first.

    What was reached stays reached through every prestige.
    """
    rows = tx.rows(
        "SELECT id, level, kind, title, content, created_at FROM perk "
        "WHERE company_id = %(company)s AND removed_at IS NULL "
        "  AND (%(everything)s OR level <= (SELECT level_ever FROM member "
        "    WHERE company_id = %(company)s AND id = %(member)s)) "
        "  AND (level, id) > (%(level)s, %(id)s) ORDER BY level, id LIMIT %(rows)s",
        {
            "company": company_id,
            "member": member_id,
            "everything": everything,
            "level": after[0] if after else 0,
            "id": after[1] if after else 0,
            "rows": limit + 1,
        },
    )
    return cut([PerkView(*row) for row in rows], limit, lambda perk: (perk.level, perk.id))


def add_perk(  # noqa: PLR0913, PLR0917 - the columns of a perk
    author: Author, level: int, kind: str, title: str, content: str, now: datetime
) -> PerkView:
    """Tie something to a level. Refuses `too_many_creations`."""
    with transaction(MEMBER, author.company_id) as tx:
        tx.rows("SELECT FROM company WHERE company_id = %s FOR NO KEY UPDATE", (author.company_id,))
        [(there,)] = tx.rows(
            "SELECT count(*) FROM perk WHERE company_id = %s AND removed_at IS NULL",
            (author.company_id,),
        )
        if there >= MOST:
            raise Refusal("too_many_creations", f"There are {there} already.", {"most": MOST})
        [row] = tx.rows(
            "INSERT INTO perk (company_id, level, kind, title, content, created_at) "
            "VALUES (%s, %s, %s, %s, %s, %s) "
            "RETURNING id, level, kind, title, content, created_at",
            (author.company_id, level, kind, title, content, now),
        )
        note(tx, author, "perk.add", str(row[0]), {"level": level, "kind": kind}, now)
    return PerkView(*row)


def remove_perk(author: Author, perk_id: int, now: datetime) -> None:
    """Take a perk away from all. Refuses `not_found`, also for one that is gone already."""
    with transaction(MEMBER, author.company_id) as tx:
        gone = tx.run(
            "UPDATE perk SET removed_at = %s "
            "WHERE company_id = %s AND id = %s AND removed_at IS NULL",
            (now, author.company_id, perk_id),
        )
        if not gone:
            raise Refusal("not_found", "There is no such perk.", {"perk_id": str(perk_id)})
        note(tx, author, "perk.remove", str(perk_id), {}, now)
