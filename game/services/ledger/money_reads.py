"""Money as it is read: an amount that carries its currency, and a member's balances."""

from __future__ import annotations

from dataclasses import dataclass

from models.session import Transaction

MOVEMENTS_LOOKED_AT = 1_000
"""How far the movements of a currency are counted to find the one a member earns in most."""
OF_MEMBER = (
    "SELECT currency, exponent, pending_minor, held_minor, payable_minor, paid_minor "
    "FROM balance b WHERE company_id = %(company)s AND member_id = %(member)s "
)
BY_CURRENCY = OF_MEMBER + "ORDER BY currency"
# Counting is left out where it would decide nothing.
MAIN_FIRST = (
    f"{OF_MEMBER}ORDER BY currency <> 'usd', CASE "  # noqa: S608 - our own constants
    "  WHEN count(*) OVER () < 2 OR bool_or(currency = 'usd') OVER () THEN 0 "
    "  ELSE (SELECT count(*) FROM (SELECT FROM movement v WHERE v.company_id = b.company_id "
    "    AND v.member_id = b.member_id AND v.currency = b.currency "
    f"    LIMIT {MOVEMENTS_LOOKED_AT}) counted) END DESC, currency"
)


@dataclass(frozen=True, slots=True)
class Money:
    """`amount_minor` whole minor units of `currency`, which has `exponent` decimal places."""

    amount_minor: int
    currency: str
    exponent: int


@dataclass(frozen=True, slots=True)
class CurrencyBalance:
    """A member's commission in one currency.

    `payable_minor` is below zero while there is a debt. What was earned and not taken back is the
    sum of the four accounts.
    """

    currency: str
    exponent: int
    pending_minor: int
    held_minor: int
    payable_minor: int
    paid_minor: int

    @property
    def earned_minor(self) -> int:
        return self.pending_minor + self.held_minor + self.payable_minor + self.paid_minor

    @property
    def earned(self) -> Money:
        return Money(self.earned_minor, self.currency, self.exponent)


def read_balances(tx: Transaction, company_id: str, member_id: int) -> list[CurrencyBalance]:
    """The member's balances by currency, in one query; empty before the first commission."""
    return _read(tx, BY_CURRENCY, company_id, member_id)


def read_balances_main_first(
    tx: Transaction, company_id: str, member_id: int
) -> list[CurrencyBalance]:
    """The same with the main currency first: US dollars, or else what was earned in most often."""
    return _read(tx, MAIN_FIRST, company_id, member_id)


def _read(tx: Transaction, query: str, company_id: str, member_id: int) -> list[CurrencyBalance]:
    rows = tx.rows(query, {"company": company_id, "member": member_id})
    return [CurrencyBalance(*row) for row in rows]
