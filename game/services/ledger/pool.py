"""The reward pool: funds that prizes are paid from, and that no prize can promise twice.

Publishing a quest or a season with cash reserves; what is won is paid out of the reserve, the rest
goes back. All of it is done under the lock of the pool's row, in the caller's transaction, so what
is reserved and what it is reserved for are written together or not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from game.rules.money import ISO_EXPONENTS
from game.rules.refusals import Refusal
from game.services.ledger.money_reads import Money
from models.session import WORKER, Transaction, transaction

NEWEST_SHOWN = 50

LOCK = """
SELECT exponent, free_minor, reserved_minor FROM pool_balance
WHERE company_id = %s AND currency = %s FOR NO KEY UPDATE
"""
# The first of several that begin a pool at once makes its row; the others wait for it.
BEGIN = """
INSERT INTO pool_balance (company_id, currency, exponent) VALUES (%s, %s, %s)
ON CONFLICT DO NOTHING
"""
MOVE = """
UPDATE pool_balance SET free_minor = free_minor + %(free)s,
  reserved_minor = reserved_minor + %(reserved)s, prizes_minor = prizes_minor + %(prizes)s
WHERE company_id = %(company)s AND currency = %(currency)s
"""
NOTE = """
INSERT INTO pool_movement (company_id, currency, debit, credit, amount_minor, purpose, member_id,
  note, at, actor)
VALUES (%(company)s, %(currency)s, %(debit)s, %(credit)s, %(amount)s, %(purpose)s, %(member)s,
  %(note)s, %(at)s, %(actor)s)
"""
RESERVE = """
INSERT INTO pool_reserve (company_id, purpose, currency, left_minor)
VALUES (%(company)s, %(purpose)s, %(currency)s, %(amount)s)
ON CONFLICT (company_id, purpose, currency)
DO UPDATE SET left_minor = pool_reserve.left_minor + EXCLUDED.left_minor
"""
BALANCES = """
SELECT b.currency, b.exponent, b.free_minor, b.reserved_minor, b.prizes_minor
FROM pool_balance b WHERE b.company_id = %s ORDER BY b.currency
"""
RESERVES = """
SELECT r.purpose, r.currency, b.exponent, r.left_minor FROM pool_reserve r
JOIN pool_balance b USING (company_id, currency)
WHERE r.company_id = %s AND r.left_minor > 0 ORDER BY r.purpose, r.currency
"""
MOVEMENTS = """
SELECT m.id, m.debit, m.credit, m.amount_minor, m.currency, b.exponent, m.purpose, m.member_id,
  m.note, m.at, m.actor
FROM pool_movement m JOIN pool_balance b USING (company_id, currency)
WHERE m.company_id = %s ORDER BY m.id DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Prize:
    """An amount of the pool for one purpose, such as `quest:12`, and who moves it, when."""

    company_id: str
    purpose: str
    currency: str
    amount_minor: int
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PoolView:
    """A pool in one currency. `prizes`: what members have won of it so far."""

    free: Money
    reserved: Money
    prizes: Money


@dataclass(frozen=True, slots=True)
class ReserveView:
    """What is still reserved for one purpose."""

    purpose: str
    left: Money


@dataclass(frozen=True, slots=True)
class PoolMovementView:
    """One movement of the pool."""

    id: int
    debit: str
    credit: str
    amount: Money
    purpose: str
    member_id: int | None
    note: str
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class Pools:
    """A company's pools, its reserves, and the newest movements."""

    balances: Sequence[PoolView]
    reserves: Sequence[ReserveView]
    movements: Sequence[PoolMovementView]


def fund(  # noqa: PLR0913, PLR0917 - the columns of a movement
    company_id: str, currency: str, amount_minor: int, note: str, actor: str, now: datetime
) -> None:
    """Book funds into the pool, or below zero back out of what is free.

    Refuses `unknown_currency`, and `pool_too_small` (details: free_minor).
    """
    with transaction(WORKER, company_id) as tx:
        if amount_minor > 0:
            tx.run(BEGIN, (company_id, currency, _exponent(tx, currency)))
        free, _ = _locked(tx, company_id, currency)
        _check(free, -amount_minor)
        moved = Prize(company_id, "", currency, abs(amount_minor), actor, now)
        debit, credit = ("funds", "free") if amount_minor > 0 else ("free", "funds")
        _move(tx, moved, debit, credit, note=note)


def reserve(tx: Transaction, prize: Prize) -> None:
    """Set an amount aside for a purpose. Refuses `pool_too_small` (details: free_minor)."""
    free, _ = _locked(tx, prize.company_id, prize.currency)
    _check(free, prize.amount_minor)
    _move(tx, prize, "free", "reserved")
    _change_reserve(tx, prize, prize.amount_minor)


def give_back(tx: Transaction, prize: Prize) -> None:
    """Free what is left of a reserve, up to the amount: it was not won."""
    _locked(tx, prize.company_id, prize.currency)
    left = min(reserved_for(tx, prize), prize.amount_minor)
    if left > 0:
        freed = Prize(prize.company_id, prize.purpose, prize.currency, left, prize.actor, prize.at)
        _move(tx, freed, "reserved", "free")
        _change_reserve(tx, freed, -left)


def pay(tx: Transaction, prize: Prize, member_id: int) -> None:
    """Take a prize out of its reserve for a member, whose own movement the caller posts.

    Refuses `pool_too_small` where the reserve does not hold it any more.
    """
    _locked(tx, prize.company_id, prize.currency)
    _check(reserved_for(tx, prize), prize.amount_minor)
    _move(tx, prize, "reserved", "prizes", member_id=member_id)
    _change_reserve(tx, prize, -prize.amount_minor)


def reserved_for(tx: Transaction, prize: Prize) -> int:
    """What is still reserved for the prize's purpose in its currency."""
    rows = tx.rows(
        "SELECT left_minor FROM pool_reserve "
        "WHERE company_id = %s AND purpose = %s AND currency = %s",
        (prize.company_id, prize.purpose, prize.currency),
    )
    return int(rows[0][0]) if rows else 0


def read_pools(tx: Transaction, company_id: str) -> Pools:
    """A company's pools, in three queries."""
    return Pools(
        [
            PoolView(*(Money(one, currency, exponent) for one in sums))
            for currency, exponent, *sums in tx.rows(BALANCES, (company_id,))
        ],
        [
            ReserveView(purpose, Money(left, currency, exponent))
            for purpose, currency, exponent, left in tx.rows(RESERVES, (company_id,))
        ],
        [
            PoolMovementView(number, debit, credit, Money(amount, currency, exponent), *rest)
            for number, debit, credit, amount, currency, exponent, *rest in tx.rows(
                MOVEMENTS, (company_id, NEWEST_SHOWN)
            )
        ],
    )


def _locked(tx: Transaction, company_id: str, currency: str) -> tuple[int, int]:
    """Lock the pool; what is free and what is reserved. Nothing in a pool that never was."""
    rows = tx.rows(LOCK, (company_id, currency))
    return (rows[0][1], rows[0][2]) if rows else (0, 0)


def _check(there: int, wanted: int) -> None:
    if wanted > there:
        details = {"free_minor": there, "wanted_minor": wanted}
        raise Refusal("pool_too_small", "The reward pool does not hold this much.", details)


def _exponent(tx: Transaction, currency: str) -> int:
    if currency in ISO_EXPONENTS:
        return ISO_EXPONENTS[currency]
    rows = tx.rows("SELECT exponent FROM currency WHERE currency = %s", (currency,))
    if not rows:
        raise Refusal("unknown_currency", f"The currency {currency!r} is not known.")
    return int(rows[0][0])


def _move(  # noqa: PLR0913 - what moves where, and for whom
    tx: Transaction,
    moved: Prize,
    debit: str,
    credit: str,
    *,
    note: str = "",
    member_id: int | None = None,
) -> None:
    changes = {"free": 0, "reserved": 0, "prizes": 0, "funds": 0}
    changes[debit] -= moved.amount_minor
    changes[credit] += moved.amount_minor
    place = {"company": moved.company_id, "currency": moved.currency}
    tx.run(MOVE, changes | place)
    tx.run(
        NOTE,
        place
        | {
            "debit": debit,
            "credit": credit,
            "amount": moved.amount_minor,
            "purpose": moved.purpose,
            "member": member_id,
            "note": note,
            "at": moved.at,
            "actor": moved.actor,
        },
    )


def _change_reserve(tx: Transaction, prize: Prize, amount: int) -> None:
    values = {"company": prize.company_id, "purpose": prize.purpose, "currency": prize.currency}
    if amount > 0:
        tx.run(RESERVE, values | {"amount": amount})
    else:
        tx.run(
            "UPDATE pool_reserve SET left_minor = left_minor + %(amount)s "
            "WHERE company_id = %(company)s AND purpose = %(purpose)s AND currency = %(currency)s",
            values | {"amount": amount},
        )
