"""Whop's webhooks one at a time, at moments a test chooses, and what the books hold then."""

from __future__ import annotations

import itertools
import json
from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from game.services.members.joining import ensure_company, ensure_members
from models.session import WORKER, Row, engine, transaction
from tests.rules.making import (
    dispute_body,
    event,
    flat_payment,
    iso,
    lesson_body,
    membership_body,
    money,
    native_refund,
)
from tests.support.settling import COMPANY, drain_all, put

_numbers = itertools.count(1)
SECOND = timedelta(seconds=1)
DECIMALS = {"jpy": 0, "kwd": 3, "usdt": 6}


def tell(kind: str, data: Any, at: datetime, *, company: str | None = COMPANY, **more: Any) -> str:
    """One delivery, received at `at`; its webhook id. Not settled yet."""
    webhook_id = str(more.pop("id", f"msg_{next(_numbers)}"))
    envelope = {"account_id": company} if company is not None else {}
    body = event(kind, data, id=webhook_id, timestamp=iso(at), **envelope | more)
    if company is None:
        del body["account_id"]
    put(webhook_id, json.dumps(body, default=_number).encode(), at)
    return webhook_id


def payment_data(
    payment_id: str,
    buyer: str,
    at: datetime,
    *,
    ref: str = "",
    total: str = "46.56",
    tax: str = "2.46",
    currency: str = "usd",
    usd: str | None = "",
    **more: Any,
) -> dict[str, Any]:
    """The data of a payment; that of worked example 1 unless told otherwise. `usd` '' = total."""
    places = DECIMALS.get(currency, 2)
    in_usd = total if usd == "" else usd
    return flat_payment(
        id=payment_id,
        created_at=iso(at),
        updated_at=more.pop("updated_at", iso(at)),
        paid_at=iso(at),
        currency=currency,
        total=money(total, currency, places),
        tax_amount=money(tax, currency, places),
        usd_total=None if in_usd is None else money(in_usd),
        presentment_total=None,
        refunded_amount=None,
        billing_reason=more.pop("billing_reason", "one_time"),
        membership_id=more.pop("membership_id", None),
        metadata={"wl_ref": ref} if ref else {},
        user={"id": buyer, "username": buyer.removeprefix("user_"), "name": None},
        **more,
    )


def pay(
    payment_id: str, buyer: str, at: datetime, *, received: datetime | None = None, **more: Any
) -> str:
    """A paid payment, received a second later unless told otherwise."""
    company = more.pop("company", COMPANY)
    data = payment_data(payment_id, buyer, at, **more)
    return tell("payment.succeeded", data, received or at + SECOND, company=company)


def refund(payment_id: str, amount: str, at: datetime, refund_id: str = "rf_1") -> str:
    """A succeeded refund in dollars."""
    data = native_refund(
        id=refund_id,
        payment_id=payment_id,
        amount=money(amount),
        original_amount=money(amount),
        created_at=iso(at),
        updated_at=iso(at),
    )
    return tell("refund.updated", data, at)


def dispute(payment_id: str, status: str, at: datetime, *, received: datetime | None = None) -> str:
    """What Whop says of the payment's one dispute at `at`."""
    data = dispute_body(
        id=f"dspt_{payment_id}",
        payment={"id": payment_id},
        status=status,
        created_at=iso(at),
        updated_at=iso(at),
    )
    return tell("dispute.updated", data, received or at)


def lesson(user: str, lesson_id: str, at: datetime, *, received: datetime | None = None) -> str:
    """A finished lesson."""
    data = lesson_body(
        id=f"lesi_{next(_numbers)}",
        created_at=iso(at),
        lesson={"id": lesson_id, "title": "One"},
        user={"id": user, "username": user.removeprefix("user_"), "name": None},
    )
    return tell("course_lesson_interaction.completed", data, received or at + SECOND)


def membership(membership_id: str, user: str, at: datetime, ref: str = "") -> str:
    """An active membership."""
    data = membership_body(
        id=membership_id,
        user_id=user,
        metadata={"wl_ref": ref} if ref else {},
        created_at=iso(at),
        updated_at=iso(at),
    )
    return tell("membership.activated", data, at + SECOND)


def referrer(
    code: str, at: datetime, *, role: str = "", user: str = "", company: str = COMPANY
) -> int:
    """A member with this code, of this class since long ago; their number."""
    user = user or f"user_{code.lower()}"
    with transaction(WORKER) as tx:
        ensure_company(tx, company, at)
        member = ensure_members(tx, company, {user: user}, at)[user]
        tx.run(
            "INSERT INTO referral_code (company_id, code, member_id, created_at) "
            "VALUES (%s, %s, %s, %s)",
            (company, code, member, at - timedelta(days=400)),
        )
        if role:
            tx.run(
                "INSERT INTO member_fact (company_id, member_id, kind, key, at, value, settled) "
                "VALUES (%s, %s, 'class', 'first', %s, %s, true)",
                (company, member, at - timedelta(days=400), role),
            )
            tx.run("UPDATE member SET character_class = %s WHERE id = %s", (role, member))
    return member


def settle(now: datetime) -> int:
    """Settle everything that waits, as of `now`."""
    return drain_all(now)


def rows(sql: str, *params: Any) -> list[Row]:
    """What the database holds, of every company."""
    with transaction(WORKER) as tx:
        return tx.rows(sql, params)


def purse(member: int, currency: str = "usd") -> tuple[int, int, int]:
    """(pending, held, payable) of one member in minor units."""
    found = rows(
        "SELECT pending_minor, held_minor, payable_minor FROM balance "
        "WHERE member_id = %s AND currency = %s",
        member,
        currency,
    )
    return found[0] if found else (0, 0, 0)


def payment_xp(member: int) -> int:
    """The XP of one member's payments, as the receipts add up."""
    sql = "SELECT coalesce(sum(xp), 0)::bigint FROM receipt WHERE member_id = %s AND kind = %s"
    return int(rows(sql, member, "payment")[0][0])


def notices(member: int) -> list[str]:
    """The types of one member's notices, by number; the numbers must be without a hole."""
    found = rows("SELECT seq, type FROM notice WHERE member_id = %s ORDER BY seq", member)
    assert [seq for seq, _ in found] == list(range(1, len(found) + 1))
    return [kind for _, kind in found]


def _number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(type(value).__name__)


def as_owner(sql: str) -> list[Row]:
    """Run a statement as the owner of the tables, past every grant and policy."""
    with engine().connect() as pooled:
        connection = pooled.execution_options(isolation_level="AUTOCOMMIT")
        with closing(connection.connection.cursor()) as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall()) if cursor.description else []


def forbid(payment_id: str, action: str = "RAISE EXCEPTION 'no room for this payment'") -> None:
    """From now on the database does `action` instead of storing this payment."""
    as_owner(
        f"""
        CREATE OR REPLACE FUNCTION forbidden() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN IF NEW.payment_id = '{payment_id}' THEN {action}; END IF; RETURN NEW; END $$;
        CREATE OR REPLACE TRIGGER forbidden BEFORE INSERT ON payment
        FOR EACH ROW EXECUTE FUNCTION forbidden()
        """
    )


def allow() -> None:
    """Mend what `forbid` broke."""
    as_owner("DROP TRIGGER forbidden ON payment")
