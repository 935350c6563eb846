"""From what was posted to what should be: the smallest movements between accounts."""

from __future__ import annotations

from dataclasses import dataclass

EXPENSE = "expense"
"""The company's commission expense; the other side of everything a member earns."""


@dataclass(frozen=True, slots=True)
class Leg:
    """`amount_minor` (above zero) leaves `debit` and reaches `credit`."""

    debit: str
    credit: str
    amount_minor: int


def legs(account: str, posted_minor: int, new_account: str, wanted_minor: int) -> list[Leg]:
    """The movements that turn `posted_minor` in `account` into `wanted_minor` in `new_account`.

    Amounts may be below zero only in `payable` (a debt). What is there moves first, then the
    difference comes from or goes back to the company's expense. Empty = nothing to do.
    """
    moves = []
    if account != new_account and posted_minor > 0:
        moves.append(Leg(account, new_account, posted_minor))
    difference = wanted_minor - posted_minor
    if difference > 0:
        moves.append(Leg(EXPENSE, new_account, difference))
    elif difference < 0:
        moves.append(Leg(new_account, EXPENSE, -difference))
    return moves
