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
from game.rules.fact_kinds import F, FactKind, kind_of, read_event
from game.rules.facts import Lesson


def process(session: Session, raw: str, now: datetime) -> list[tuple[int, str]]:
    """Process one webhook body; the frames to publish after the commit. Twice does nothing."""
    body = json.loads(raw, parse_float=Decimal)
    envelope = read_envelope(body)
    if session.get(WebhookEvent, envelope.webhook_id) is not None:
        return []
    session.add(WebhookEvent(webhook_id=envelope.webhook_id, type=envelope.type, processed_at=now))
    fact = read_event(envelope, body["data"], now, {})
    if fact is None:
        return []
    kind, company = kind_of(envelope.type), envelope.company_id
    touched: Touched = {}
    if isinstance(fact, Lesson):
        finish_lesson(session, company, fact, touched, now)
    else:
        for buyer in sorted(_record(session, company, kind, fact)):
            value_buyer(session, company, buyer, touched, now)
    return [frame for one in touched.values() for frame in advance(session, one, now)]


def _record(session: Session, company: str, kind: FactKind[F], fact: F) -> set[str]:
    """Store a fact; the buyers whose effects may change by it."""
    for name in dict.fromkeys((kind.payment or kind.key[0], kind.membership)):
        if name and getattr(fact, name):
            facts.lock(session, getattr(fact, name))
    merged = facts.store(session, company, kind, fact)
    buyers = {getattr(merged, kind.buyer)} - {""} if kind.buyer else set()
    if kind.membership and (membership := getattr(merged, kind.membership)):
        buyers |= facts.payers_of_membership(session, company, membership)
    if kind.payment:
        buyers |= facts.buyer_of_payment(session, company, getattr(merged, kind.payment))
    return buyers
