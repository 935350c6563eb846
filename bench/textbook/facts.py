"""From an event to stored facts, and from stored facts to the case the rules ask for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

from bench.textbook.models import (
    Base,
    DisputeRow,
    Member,
    MembershipRow,
    PaymentRow,
    ReferralCode,
    RefundRow,
)
from game.rules.attribution import starter_of
from game.rules.codes import canonical
from game.rules.fact_kinds import F, FactKind
from game.rules.facts import BuyerCase, Code, Dispute, Membership, Payment, Refund
from game.rules.tellings import Telling

TABLES: Mapping[type, type[Base]] = {
    Payment: PaymentRow,
    Refund: RefundRow,
    Dispute: DisputeRow,
    Membership: MembershipRow,
}

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")


def lock(session: Session, key: str) -> None:
    """Let nobody else work on this object until the transaction ends."""
    session.execute(LOCK, {"key": key})


def store(session: Session, company: str, kind: FactKind[F], news: F) -> F:
    """Insert or merge a fact; what is stored then."""
    table = TABLES[kind.fact]
    row = session.get(table, (company, *(getattr(news, name) for name in kind.key)))
    if row is None:
        values = {name: getattr(news, name) for name in kind.fields}
        session.add(table(company_id=company, **values))
        return news
    merged = kind.merge(_fact(kind.fact, row), news)
    for name in kind.fields:
        setattr(row, name, getattr(merged, name))
    return merged


def buyer_of_payment(session: Session, company: str, payment_id: str) -> set[str]:
    """Who paid, if the payment is here already."""
    row = session.get(PaymentRow, (company, payment_id))
    return {row.buyer_id} if row is not None and row.buyer_id else set()


def payers_of_membership(session: Session, company: str, membership_id: str) -> set[str]:
    """Everybody who ever paid for a membership."""
    found = session.scalars(
        select(PaymentRow.buyer_id)
        .where(PaymentRow.company_id == company, PaymentRow.membership_id == membership_id)
        .distinct()
    )
    return {buyer for buyer in found if buyer}


def case_of(session: Session, company: str, buyer: str) -> BuyerCase:
    """Everything known of one buyer."""
    mine = _payments(session, company, PaymentRow.buyer_id == buyer)
    ids = [payment.payment_id for payment in mine]
    joined = {payment.membership_id for payment in mine if payment.membership_id}
    refunds, disputes = _of_payments(session, company, ids)
    memberships = {
        row.membership_id: _fact(Membership, row)
        for row in session.scalars(
            select(MembershipRow).where(
                MembershipRow.company_id == company, MembershipRow.membership_id.in_(joined)
            )
        )
    }
    others = _payments(session, company, PaymentRow.membership_id.in_(joined)) if joined else []
    refs = {canonical(p.ref) for p in mine if p.ref}
    refs |= {canonical(m.ref) for m in memberships.values() if m.ref}
    return BuyerCase(
        buyer_id=buyer,
        payments=mine,
        refunds=refunds,
        disputes=disputes,
        memberships=memberships,
        codes=_codes(session, company, refs) if refs else {},
        **_stories(joined, memberships, others),
    )


def _fact(kind: type[F], row: Base) -> F:
    values = {field.name: getattr(row, field.name) for field in fields(kind)}  # type: ignore[arg-type]
    if "told" in values:
        values["told"] = tuple(tuple(one) for one in values["told"])
    if "tellings" in values:
        values["tellings"] = tuple(Telling._make(one) for one in values["tellings"])
    return kind(**values)


def _payments(session: Session, company: str, which: Any) -> list[Payment]:
    rows = session.scalars(select(PaymentRow).where(PaymentRow.company_id == company, which))
    return [_fact(Payment, row) for row in rows]


def _of_payments(
    session: Session, company: str, ids: Sequence[str]
) -> tuple[dict[str, list[Refund]], dict[str, list[Dispute]]]:
    refunds: dict[str, list[Refund]] = defaultdict(list)
    disputes: dict[str, list[Dispute]] = defaultdict(list)
    for refund in session.scalars(
        select(RefundRow).where(RefundRow.company_id == company, RefundRow.payment_id.in_(ids))
    ):
        refunds[refund.payment_id].append(_fact(Refund, refund))
    for dispute in session.scalars(
        select(DisputeRow).where(DisputeRow.company_id == company, DisputeRow.payment_id.in_(ids))
    ):
        disputes[dispute.payment_id].append(_fact(Dispute, dispute))
    return refunds, disputes


def _codes(session: Session, company: str, refs: Iterable[str]) -> dict[str, Code]:
    rows = session.execute(
        select(ReferralCode.code, Member.whop_user_id)
        .join(Member, Member.id == ReferralCode.member_id)
        .where(ReferralCode.company_id == company, or_(ReferralCode.code.in_(list(refs))))
    )
    return {code: Code(code, user, None) for code, user in rows}


def _stories(
    joined: set[str], memberships: dict[str, Membership], payments: Sequence[Payment]
) -> dict[str, Any]:
    """What all payers of the buyer's memberships tell together."""
    by_membership: dict[str, list[Payment]] = defaultdict(list)
    for payment in sorted(payments, key=lambda p: p.order):
        by_membership[payment.membership_id].append(payment)
    starters, firsts, trials = {}, {}, set()
    for membership_id in joined:
        told = by_membership[membership_id]
        payer = next((p for p in told if p.buyer_id), None)
        starters[membership_id] = starter_of(
            memberships.get(membership_id),
            payer.buyer_id if payer else "",
            payer.at if payer else None,
        )
        first = next((p.payment_id for p in told if p.above_zero), None)
        if first:
            firsts[membership_id] = first
        if told and not told[0].above_zero:
            trials.add(membership_id)
    return {
        "starters": starters,
        "first_payments": firsts,
        "trial_memberships": frozenset(trials),
    }
