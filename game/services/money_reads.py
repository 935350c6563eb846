"""Money as it is read: an amount that carries its currency, and a member's balances."""

from __future__ import annotations

from dataclasses import dataclass

from models.session import Transaction


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
    rows = tx.rows(
        "SELECT currency, exponent, pending_minor, held_minor, payable_minor, paid_minor "
        "FROM balance WHERE company_id = %s AND member_id = %s ORDER BY currency",
        (company_id, member_id),
    )
    return [CurrencyBalance(*row) for row in rows]
