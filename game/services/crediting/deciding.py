"""A creator says who is credited for a buyer: a fact of the company, above all claims.

It takes the company's turn, as a batch does, and settles the buyer in its own transaction: what was
posted for somebody else is taken back, what is due to the new referrer is posted, both are told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from game.rules.refusals import Refusal
from game.services.inbox.turns import take_turn
from game.services.platform.audit import Hand, note
from game.services.settlement.settle import settle_buyers
from models.session import WORKER, Transaction, transaction

TURN_MS = 30_000
"""For one statement of it; a lock is waited for as long as by any other act."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who shall be credited for a buyer.

    `referrer_id` empty = nobody. `payment_id`: the one it starts with, empty = where it starts now,
    or with the buyer's first payment above zero.
    """

    buyer_id: str
    referrer_id: str
    payment_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Credit:
    """Who is credited for a buyer, and from when on; `referrer_id` empty = nobody."""

    buyer_id: str
    referrer_id: str
    source: str
    payment_id: str
    started_at: datetime | None


@contextmanager
def turn_of(company_id: str) -> Iterator[Transaction]:
    """A transaction that holds the company's turn, so that no batch of its is under way."""
    with transaction(WORKER, company_id, timeout_ms=TURN_MS, batch=True) as tx:
        take_turn(tx, company_id)
        yield tx


def credit(hand: Hand, wanted: Wanted, now: datetime) -> Credit:
    """Credit a buyer to a member, or to nobody. Saying the same again changes nothing.

    Refuses `not_found` (no such member), `nothing_to_credit` (no payment above zero, or not this
    one) and `cannot_be_credited` (the buyer themself, or the company's owner).
    """
    with turn_of(hand.company_id) as tx:
        decide(tx, hand, wanted, now)
        return read_credit(tx, hand.company_id, wanted.buyer_id)


def decide(tx: Transaction, hand: Hand, wanted: Wanted, now: datetime) -> None:
    """Record and settle a decision; the company's turn must be held. Refuses as `credit` does."""
    company_id, buyer_id = hand.company_id, wanted.buyer_id
    start = _start(tx, company_id, wanted)
    if wanted.referrer_id:
        check_may_earn(tx, company_id, wanted.referrer_id, buyer_id)
    before = read_credit(tx, company_id, buyer_id)
    said = (wanted.referrer_id, start if wanted.referrer_id else "", "manual")
    if said == (before.referrer_id, before.payment_id, before.source):
        return
    tx.run(
        "INSERT INTO company_fact "
        "(company_id, kind, key, at, value, actor_user_id, subject, details) "
        "VALUES (%s, 'credit', %s, %s, %s, %s, %s, %s::jsonb)",
        (
            company_id,
            f"{buyer_id}:{now.isoformat()}",
            now,
            wanted.referrer_id,
            hand.user_id,
            buyer_id,
            json.dumps({"payment_id": start, "reason": wanted.reason}),
        ),
    )
    details = {
        "before": before.referrer_id,
        "referrer": wanted.referrer_id,
        "payment_id": start,
        "reason": wanted.reason,
    }
    note(tx, hand, "referral.credit", buyer_id, details, now)
    settle_buyers(tx, [(company_id, buyer_id)], now)


def check_may_earn(tx: Transaction, company_id: str, user_id: str, buyer_id: str = "") -> None:
    """Refuse somebody who is no member, and those who are never credited."""
    rows = tx.rows(
        "SELECT c.owner_user_id FROM member m JOIN company c USING (company_id) "
        "WHERE m.company_id = %s AND m.whop_user_id = %s",
        (company_id, user_id),
    )
    if not rows:
        raise Refusal("not_found", "There is no such member.", {"user_id": user_id})
    if user_id in {buyer_id, rows[0][0]}:
        words = "Nobody is credited for themself, and the company's owner for nobody."
        raise Refusal("cannot_be_credited", words, {"user_id": user_id})


def read_credit(tx: Transaction, company_id: str, buyer_id: str) -> Credit:
    """Who is credited for a buyer by the books as they stand."""
    rows = tx.rows(
        "SELECT m.whop_user_id, r.source, r.payment_id, r.started_at "
        "FROM referral r JOIN member m ON m.company_id = r.company_id AND m.id = r.member_id "
        "WHERE r.company_id = %s AND r.buyer_id = %s",
        (company_id, buyer_id),
    )
    return Credit(buyer_id, *rows[0]) if rows else Credit(buyer_id, "", "", "", None)


def _start(tx: Transaction, company_id: str, wanted: Wanted) -> str:
    """The payment it starts with; refuses where there is none."""
    rows = tx.rows(
        "SELECT p.payment_id FROM payment p "
        "LEFT JOIN referral r ON r.company_id = p.company_id AND r.buyer_id = p.buyer_id "
        "WHERE p.company_id = %s AND p.buyer_id = %s AND p.total_minor > p.tax_minor "
        "AND %s IN ('', p.payment_id) "
        "ORDER BY p.payment_id = r.payment_id DESC NULLS LAST, p.at, p.payment_id LIMIT 1",
        (company_id, wanted.buyer_id, wanted.payment_id),
    )
    if not rows:
        words = "This buyer has paid nothing that could be credited."
        details = {"buyer_id": wanted.buyer_id, "payment_id": wanted.payment_id}
        raise Refusal("nothing_to_credit", words, details)
    return str(rows[0][0])
