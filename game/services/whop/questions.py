"""What only Whop can answer, noted when it comes up: a row each, asked when its time has come.

Noting twice is harmless. Who asks, and what becomes of the answers, is told in `reconciling`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from game.rules.facts import BuyerCase
from game.rules.takeback import shares_to_ask
from models.session import Transaction, pairs

PATIENCE = timedelta(hours=72)
"""Whop tries a webhook for 71 hours: until then the payment of a refund may still come."""

_NOTE = "INSERT INTO whop_question (company_id, kind, object_id, payment_id, next_at, asked_at) "
_MISSING = (
    _NOTE + "SELECT DISTINCT k.company_id, 'payment', k.payment_id, k.payment_id, "  # noqa: S608 - our own
    "%s::timestamptz, %s::timestamptz "
    "FROM unnest(%s::text[], %s::text[]) AS k (company_id, payment_id) "
    "WHERE NOT EXISTS (SELECT FROM payment p "
    "  WHERE p.company_id = k.company_id AND p.payment_id = k.payment_id) "
    "ON CONFLICT DO NOTHING"
)
_SHARES = (
    _NOTE + "SELECT company_id, 'share', refund_id, payment_id, %s::timestamptz, %s::timestamptz "
    "FROM unnest(%s::text[], %s::text[], %s::text[]) AS k (company_id, refund_id, payment_id) "
    "ON CONFLICT DO NOTHING"
)
_ORPHANS = (
    _NOTE + "SELECT DISTINCT o.company_id, 'payment', o.payment_id, o.payment_id, "  # noqa: S608
    "%(next_at)s::timestamptz, %(now)s::timestamptz FROM ("
    "  SELECT company_id, payment_id FROM refund WHERE company_id = %(company)s AND succeeded "
    "  UNION SELECT company_id, payment_id FROM dispute WHERE company_id = %(company)s) AS o "
    "WHERE NOT EXISTS (SELECT FROM payment p "
    "  WHERE p.company_id = o.company_id AND p.payment_id = o.payment_id) "
    "ON CONFLICT DO NOTHING"
)


def note_missing(tx: Transaction, named: Collection[tuple[str, str]], now: datetime) -> None:
    """Note the payments that a refund or dispute names and nobody told us: (company, payment)."""
    if named:
        tx.put(_MISSING, (now + PATIENCE, now, *pairs(sorted(named))))


def note_shares(tx: Transaction, cases: Iterable[tuple[str, BuyerCase]], now: datetime) -> None:
    """Note the refunds whose share only Whop's own sum can tell: (company, case) each."""
    found = [
        (company, refund.refund_id, refund.payment_id)
        for company, case in cases
        if case.refunds
        for payment in case.payments
        for refund in shares_to_ask(payment, case.refunds.get(payment.payment_id, ()))
    ]
    if found:
        companies, refunds, payments = zip(*sorted(found), strict=True)
        tx.put(_SHARES, (now, now, list(companies), list(refunds), list(payments)))


def note_orphans(tx: Transaction, company_id: str, now: datetime) -> None:
    """Note all payments of a company that something names and nobody told us."""
    tx.run(_ORPHANS, {"company": company_id, "now": now, "next_at": now + PATIENCE})
