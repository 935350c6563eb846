"""A member's commissions, payment by payment, as they stand now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from game.services.ledger.money_reads import Money
from game.services.platform.keyset import Key, Page, cut
from models.session import Row, Transaction

LIST = (
    "SELECT payment_id, at, kind, currency, exponent, base_minor, commission_minor, kept_minor, "
    "  paid_minor, account, taken_num = taken_den, due_at, rule_version "
    "FROM payment_effect WHERE company_id = %(company)s AND member_id = %(member)s "
    "  AND kind <> 'none' AND (at, payment_id) < (%(at)s, %(payment)s) "
    "ORDER BY at DESC, payment_id DESC LIMIT %(rows)s"
)
NEWEST = ("infinity", "")


@dataclass(frozen=True, slots=True)
class CommissionView:
    """What one payment earns. `commission` as first computed, `kept` what is left of it."""

    payment_id: str
    at: datetime
    kind: str
    base: Money
    commission: Money
    kept: Money
    state: str
    due_at: datetime
    rule_version: int


def read_commissions(
    tx: Transaction, company_id: str, member_id: int, after: Key | None, limit: int
) -> Page[CommissionView]:
    """The member's commissions, newest payment first, in one query."""
    at, payment = after or NEWEST
    rows = tx.rows(
        LIST,
        {
            "company": company_id,
            "member": member_id,
            "at": at,
            "payment": payment,
            "rows": limit + 1,
        },
    )
    return cut(
        [_view(row) for row in rows], limit, lambda one: (one.at.isoformat(), one.payment_id)
    )


def _view(row: Row) -> CommissionView:
    (
        payment_id, at, kind, currency, exponent, base, commission, kept, paid, account,
        is_all_taken, due_at, version,
    ) = row  # fmt: skip
    return CommissionView(
        payment_id=payment_id,
        at=at,
        kind=kind,
        base=Money(base, currency, exponent),
        commission=Money(commission, currency, exponent),
        kept=Money(kept, currency, exponent),
        state=_state(account, kept, paid, is_all_taken=is_all_taken),
        due_at=due_at,
        rule_version=version,
    )


def _state(account: str, kept: int, paid: int, *, is_all_taken: bool) -> str:
    """The first state that fits: cancelled, paid, then where the kept part lies."""
    if is_all_taken:
        return "cancelled"
    if paid and paid >= kept:
        return "paid"
    return account
