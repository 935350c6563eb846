"""Single questions to Whop: the payment a refund or dispute names, the share of a foreign refund.

Attempts and the next time stand in Postgres; what Whop answers goes through the inbox like
everything else. A payment from before the installation is recorded as nobody's and not taken in:
only an import brings that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

import settings
from game.rules.bodies.fields import Json
from game.rules.holes import as_delivery, belongs
from game.services.reconciling.asking import TOO_MANY, deliver
from game.services.reconciling.runs import installed_at
from game.services.whop import budget, lists
from game.services.whop.api import WhopRefused
from game.services.whop.tokens import WhopUnreachable
from models.session import WORKER, Transaction, transaction

log = structlog.get_logger(__name__)

PAUSES = tuple(
    timedelta(seconds=s) for s in (30, 120, 480, 1800, 7200, 21_600, 43_200, 86_400, 172_800)
)
"""Between one attempt and the next; after the last one the question is given up."""
NOT_FOUND = 404

_CLAIM = """
UPDATE whop_question SET attempts = attempts + 1,
  next_at = %(now)s::timestamptz + (%(pauses)s::interval[])[least(attempts + 1, %(most)s)]
WHERE (company_id, kind, object_id) = (
  SELECT company_id, kind, object_id FROM whop_question
  WHERE state = 'open' AND next_at <= %(now)s
  ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING company_id, kind, object_id, payment_id, attempts
"""


@dataclass(frozen=True, slots=True)
class Question:
    """A claimed row of `whop_question`; `attempts` counts this one."""

    company_id: str
    kind: str
    object_id: str
    payment_id: str
    attempts: int


def step(now: datetime) -> bool:
    """Ask the question that is due, if there is one. False = there is none, or no key to ask with.

    The attempt is counted and the next one planned before Whop is asked, so a process that dies
    here is followed by another after the pause.
    """
    if not settings.current().whop_api_key:
        return False
    with transaction(WORKER) as tx:
        rows = tx.rows(_CLAIM, {"now": now, "pauses": list(PAUSES), "most": len(PAUSES)})
        if not rows:
            return False
        question = Question(*rows[0])
        if question.kind == "payment" and _is_here(tx, question):
            _close(tx, question, "answered", now)
            return True
    _ask(question, now)
    return True


def _ask(question: Question, now: datetime) -> None:
    if wait := budget.seconds_to_wait():
        _later(question, now + timedelta(seconds=wait))
        return
    try:
        data = lists.payment(question.payment_id)
    except WhopRefused as refused:
        if refused.status == TOO_MANY:
            _later(question, now + timedelta(seconds=max(refused.retry_after, 1)))
        elif refused.status == NOT_FOUND:
            with transaction(WORKER) as tx:
                _close(tx, question, "nobodys", now)
        else:
            _or_give_up(question, now)
        return
    except WhopUnreachable:
        _or_give_up(question, now)
        return
    with transaction(WORKER) as tx:
        state = _take_in(tx, question, data, now)
        if state:
            _close(tx, question, state, now)
            return
    _or_give_up(question, now)


def _take_in(tx: Transaction, question: Question, data: Json, now: datetime) -> str:
    """Take the answer in; what the question came to, or '' where it says too little yet."""
    company_id = question.company_id
    if not belongs("payment", company_id, data):
        # Never paid, or another company's: nothing that could be taken back.
        return "nobodys" if question.kind == "payment" else ""
    exponents: dict[str, int] = dict(tx.rows("SELECT currency, exponent FROM currency"))
    asked = as_delivery("payment", company_id, data, now, exponents)
    created_at = getattr(asked.fact, "created_at", None)
    if question.kind == "payment":
        if created_at is not None and created_at < installed_at(tx, company_id):
            return "nobodys"
        deliver(tx, [asked], now)
        return "answered"
    deliver(tx, [asked], now)
    return "answered" if _knows_of(tx, question, asked.fact) else ""


def _knows_of(tx: Transaction, question: Question, fact: object) -> bool:
    """Whether Whop's sum is from after the refund: before, it would leave this one out."""
    rows = tx.rows(
        "SELECT updated_at FROM refund WHERE company_id = %s AND refund_id = %s",
        (question.company_id, question.object_id),
    )
    told_at = getattr(fact, "updated_at", None)
    sum_told = getattr(fact, "refunded_minor", 0)
    # Whop dates the payment when it adds the refund up, which may be the very same moment.
    return bool(rows and told_at and sum_told and told_at >= rows[0][0])


def _is_here(tx: Transaction, question: Question) -> bool:
    return bool(
        tx.rows(
            "SELECT 1 FROM payment WHERE company_id = %s AND payment_id = %s",
            (question.company_id, question.payment_id),
        )
    )


def _later(question: Question, at: datetime) -> None:
    """Not asked after all: the attempt does not count."""
    with transaction(WORKER) as tx:
        tx.run(
            "UPDATE whop_question SET next_at = %s, attempts = attempts - 1 "
            "WHERE company_id = %s AND kind = %s AND object_id = %s AND state = 'open'",
            (at, question.company_id, question.kind, question.object_id),
        )


def _or_give_up(question: Question, now: datetime) -> None:
    if question.attempts <= len(PAUSES):
        return
    with transaction(WORKER) as tx:
        _close(tx, question, "given_up", now)
    log.error(
        "whop_question_given_up",
        company_id=question.company_id,
        kind=question.kind,
        object_id=question.object_id,
    )


def _close(tx: Transaction, question: Question, state: str, now: datetime) -> None:
    tx.run(
        "UPDATE whop_question SET state = %s, closed_at = %s "
        "WHERE company_id = %s AND kind = %s AND object_id = %s AND state = 'open'",
        (state, now, question.company_id, question.kind, question.object_id),
    )
