"""What the task does with one webhook: facts, effects, XP, money, notices, in one transaction."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from bench.textbook import facts
from bench.textbook.lessons import finish_lesson
from bench.textbook.models import WebhookEvent
from bench.textbook.progress import Touched, advance
from bench.textbook.value import value_buyer
from game.rules.bodies import read_envelope
from game.rules.fact_kinds import read_event
from game.rules.facts import Dispute, Lesson, Membership, Payment, Refund


def process(session: Session, raw: str, now: datetime) -> list[tuple[int, str]]:
    """Process one webhook body; the frames to publish after the commit. Twice does nothing."""
    body = json.loads(raw, parse_float=Decimal)
    envelope = read_envelope(body)
    if session.get(WebhookEvent, envelope.webhook_id) is not None:
        return []
    session.add(WebhookEvent(webhook_id=envelope.webhook_id, type=envelope.type, processed_at=now))
    fact = read_event(envelope, body["data"], now, {})
    company = envelope.company_id
    touched: Touched = {}
    if isinstance(fact, Lesson):
        finish_lesson(session, company, fact, touched, now)
    elif fact is not None:
        for buyer in sorted(_record(session, company, fact)):
            value_buyer(session, company, buyer, touched, now)
    return [frame for one in touched.values() for frame in advance(session, one, now)]


def _record(
    session: Session, company: str, fact: Payment | Refund | Dispute | Membership
) -> set[str]:
    """Store a fact; the buyers whose effects may change by it."""
    if isinstance(fact, Payment):
        facts.lock(session, fact.payment_id)
        if fact.membership_id:
            facts.lock(session, fact.membership_id)
        merged = facts.store_payment(session, company, fact)
        buyers = {merged.buyer_id} if merged.buyer_id else set()
        if merged.membership_id:
            buyers |= facts.payers_of_membership(session, company, merged.membership_id)
        return buyers
    if isinstance(fact, Membership):
        facts.lock(session, fact.membership_id)
        facts.store_membership(session, company, fact)
        return facts.payers_of_membership(session, company, fact.membership_id)
    facts.lock(session, fact.payment_id)
    if isinstance(fact, Refund):
        facts.store_refund(session, company, fact)
    else:
        facts.store_dispute(session, company, fact)
    return facts.buyer_of_payment(session, company, fact.payment_id)
