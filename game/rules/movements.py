"""From what was posted to what should be: the smallest movements between accounts."""

from __future__ import annotations

from dataclasses import dataclass

EXPENSE = "expense"
"""The company's commission expense; the other side of everything a member earns."""


POOL = "pool"
"""The company's reward pool; the other side of the cash that members win."""
OF_COMPANY = frozenset({EXPENSE, POOL})
"""Accounts that are not a member's."""
PAYABLE = "payable"
"""The one account that may lie below zero: what was taken back after it was paid out."""
PAID = "paid"


@dataclass(frozen=True, slots=True)
class Leg:
    """`amount_minor` (above zero) leaves `debit` and reaches `credit`."""

    debit: str
    credit: str
    amount_minor: int


def legs(account: str, posted_minor: int, new_account: str, wanted_minor: int) -> list[Leg]:
    """The movements that turn `posted_minor` in `account` into `wanted_minor` in `new_account`.

    An amount below zero is a debt and lies in `payable`, whatever the account is. What is there
    moves first, then the difference comes from or goes back to the company's expense. Empty =
    nothing to do.
    """
    account = PAYABLE if posted_minor < 0 else account
    new_account = PAYABLE if wanted_minor < 0 else new_account
    moves = []
    if account != new_account and posted_minor > 0:
        moves.append(Leg(account, new_account, posted_minor))
    elif account != new_account and posted_minor < 0:
        moves.append(Leg(EXPENSE, account, -posted_minor))
        posted_minor = 0
    difference = wanted_minor - posted_minor
    if difference > 0:
        moves.append(Leg(EXPENSE, new_account, difference))
    elif difference < 0:
        moves.append(Leg(new_account, EXPENSE, -difference))
    return moves


def shifted(account: str, before_minor: int, after_minor: int) -> list[Leg]:
    """The movement that follows when another part of a commission than before is paid out.

    A payout moves money between `payable` and `paid` only. Where what is left lies elsewhere (in
    dispute, or in its hold again), it has to go there, or come from there.
    """
    if account == PAYABLE:
        return []
    grown = max(after_minor, 0) - max(before_minor, 0)
    if grown > 0:
        return [Leg(PAYABLE, account, grown)]
    return [Leg(account, PAYABLE, -grown)] if grown else []
