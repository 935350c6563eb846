"""Facts withdrawn: objects of Whop's that shall count no more, and what the books held for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from game.services.commissions.payment_posting import Posted, posted_from_row, select_posted
from game.services.settlement.cases import BuyerKey, buyers_of
from game.services.settlement.settle import settle_withdrawn
from models.session import Transaction

TABLES = ("payment", "refund", "dispute", "membership")


def withdraw_facts(
    tx: Transaction, company_id: str, objects: Mapping[str, Sequence[str]], now: datetime
) -> None:
    """Remove these objects (kind -> Whop's ids) from the facts and value their buyers anew.

    What was posted for a withdrawn payment is taken back; its row stays, worth nothing. The
    company's turn must be held.
    """
    payments = {(company_id, one) for one in objects.get("payment", ())}
    named = payments | _named(tx, company_id, objects)
    memberships = {(company_id, one) for one in objects.get("membership", ())}
    memberships |= _memberships_of(tx, company_id, objects.get("payment", ()))
    buyers = buyers_of(tx, named, memberships)
    withdrawn = _posted(tx, company_id, objects.get("payment", ()))
    for table in TABLES:
        if objects.get(table):
            tx.run(
                f"DELETE FROM {table} WHERE company_id = %s AND {table}_id = ANY(%s)",  # noqa: S608
                (company_id, list(objects[table])),
            )
    settle_withdrawn(tx, buyers, withdrawn, now)


def _named(
    tx: Transaction, company_id: str, objects: Mapping[str, Sequence[str]]
) -> set[tuple[str, str]]:
    """The payments that these refunds and disputes are of."""
    found: set[tuple[str, str]] = set()
    for table in ("refund", "dispute"):
        if objects.get(table):
            found |= set(
                tx.rows(
                    f"SELECT company_id, payment_id FROM {table} "  # noqa: S608 - our own names
                    f"WHERE company_id = %s AND {table}_id = ANY(%s)",
                    (company_id, list(objects[table])),
                )
            )
    return found


def _memberships_of(
    tx: Transaction, company_id: str, payments: Sequence[str]
) -> set[tuple[str, str]]:
    """How a membership began bears on all who pay for it."""
    return set(
        tx.rows(
            "SELECT DISTINCT company_id, membership_id FROM payment "
            "WHERE company_id = %s AND payment_id = ANY(%s) AND membership_id <> ''",
            (company_id, list(payments)),
        )
    )


def _posted(
    tx: Transaction, company_id: str, payments: Sequence[str]
) -> dict[BuyerKey, dict[str, Posted]]:
    found: dict[BuyerKey, dict[str, Posted]] = defaultdict(dict)
    for row in tx.rows(
        f"SELECT p.buyer_id, {select_posted('e')} "  # noqa: S608 - our own names
        "FROM payment p JOIN payment_effect e USING (company_id, payment_id) "
        "WHERE p.company_id = %s AND p.payment_id = ANY(%s)",
        (company_id, list(payments)),
    ):
        company, payment_id, posted = posted_from_row(row[1:])
        found[company, row[0]][payment_id] = posted
    return found
