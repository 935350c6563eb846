"""Members with something payable, payouts of it, and what is said of them afterwards."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from game.services.members.joining import ensure_company
from game.services.payouts import deciding, requesting
from game.services.payouts.deciding import Decider
from models.session import WORKER, transaction
from tests.support.settling import COMPANY
from tests.support.telling import pay, referrer, rows, settle

PAID = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
READY = PAID + timedelta(days=30)
"""When a payment of PAID is payable."""
CODE = "ABCD2345"
_numbers = itertools.count(1)


def earner(*amounts: str, code: str = CODE, currency: str = "usd", company: str = COMPANY) -> int:
    """A member with a payable tenth of each of these payments without tax; their number."""
    member = referrer(code, PAID - timedelta(days=1), company=company)
    for amount in amounts:
        sell(code, amount, PAID, currency=currency, company=company)
    settle(READY)
    return member


def sell(code: str, amount: str, at: datetime, *, payment_id: str = "", **more: Any) -> str:
    """A payment by a new buyer for this code; not settled yet."""
    number = next(_numbers)
    payment_id = payment_id or f"pay_sold_{number}"
    pay(payment_id, f"user_buyer_{number}", at, ref=code, total=amount, tax="0.00", **more)
    return payment_id


def creator(user: str = "user_creator", company: str = COMPANY) -> Decider:
    """A creator of the company, signed in before everything."""
    with transaction(WORKER) as tx:
        ensure_company(tx, company, PAID)
        [(member,)] = tx.rows(
            "INSERT INTO member (company_id, whop_user_id, role, created_at) "
            "VALUES (%s, %s, 'creator', %s) RETURNING id",
            (company, user, PAID),
        )
    return Decider(company, member, user, PAID)


def ask(member: int, now: datetime = READY, currency: str = "", company: str = COMPANY) -> int:
    """The member asks for one balance; the payout's number."""
    [(user,)] = rows("SELECT whop_user_id FROM member WHERE id = %s", member)
    [payout] = requesting.request_mine(company, member, user, currency, now).ids
    return payout


def agreed(member: int, who: Decider, now: datetime = READY) -> int:
    """A payout that is asked for and agreed to."""
    payout = ask(member, now)
    deciding.approve(who, payout, now)
    return payout


def pockets(member: int, currency: str = "usd") -> tuple[int, int, int, int]:
    """(pending, held, payable, paid) of one member in minor units."""
    found = rows(
        "SELECT pending_minor, held_minor, payable_minor, paid_minor FROM balance "
        "WHERE member_id = %s AND currency = %s",
        member,
        currency,
    )
    return found[0] if found else (0, 0, 0, 0)


def state(payout: int) -> str:
    [(found,)] = rows("SELECT state FROM payout WHERE id = %s", payout)
    return str(found)


def steps(payout: int) -> list[str]:
    found = rows("SELECT state FROM payout_step WHERE payout_id = %s ORDER BY number", payout)
    return [one for (one,) in found]
