"""Payouts sent through Whop: each is paid once, whatever happens on the way.

Before Whop is asked, a commit says that it may have been. So a process that dies, an answer that
never comes and a 500 after the work was done are one case: the outcome is unknown, and Whop is
asked what became of it before it is asked to pay again. It is asked again only with the key it
was asked with before, and only as long as it keeps that key.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

import settings
from game.rules.facts import Transfer
from game.rules.payouts import told_state
from game.services.inbox.turns import take_turn
from game.services.members.store import lock_members
from game.services.payouts.store import (
    BY_ITSELF,
    WHOP,
    Changes,
    Payout,
    creators_of,
    lock_payouts,
)
from game.services.rulesets.charter import load_charters
from game.services.whop import transfers
from game.services.whop.api import WhopRefused
from game.services.whop.tokens import WhopUnreachable
from game.services.whop.transfers import Order
from models.base import Json
from models.outgoing import RunTask
from models.session import WORKER, transaction

log = structlog.get_logger(__name__)

PAUSES = tuple(timedelta(seconds=s) for s in (30, 120, 480, 1800, 3600, 10_800, 21_600))
REST = timedelta(hours=1)
"""After a refusal that the creator has to do something about first."""
KEY_LIFE = timedelta(hours=23)
"""Whop keeps an idempotency key for a day; an hour of it is for clocks and slow networks."""
MOST_A_TICK = 100
TURN_MS = 20_000
CONFLICT, TOO_MANY = 409, 429
NOT_NOW = frozenset({CONFLICT, TOO_MANY})
"""Whop is still at work on it, or has no time for it."""
NOT_ALLOWED = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class Claimed:
    """A payout that is worked on now, by us alone."""

    id: int
    order: Order
    transfer_id: str
    first_sent_at: datetime | None


def wanted(company_id: str, payout_id: int) -> RunTask:
    """The message that sends a payout soon; lost, the sweep finds the payout."""
    return RunTask("payouts.send", {"company_id": company_id, "payout_id": payout_id})


def can_send() -> bool:
    """Whether there is a key to pay through Whop with."""
    return bool(settings.current().whop_api_key)


def send(company_id: str, payout_id: int, now: datetime) -> bool:
    """Send a payout that is due, or ask what became of it. False = no use asking for more.

    The attempt is counted and the next one planned before Whop is asked, so a process that dies
    here is followed by another after the pause.
    """
    if not can_send():
        return False
    claimed = _claim(company_id, payout_id, now)
    if claimed is None:
        return True
    try:
        _send(claimed, now)
    except WhopUnreachable:
        _note_problem(claimed, "no_answer")
        return False
    return True


def sweep_step(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:  # noqa: ARG001
    """Send or ask for the payout that has waited longest. Ends the tick when Whop is away."""
    done = int(progress.get("done", 0))
    if not can_send() or done >= MOST_A_TICK:
        return None
    with transaction(WORKER) as tx:
        due = tx.rows(
            "SELECT company_id, id FROM payout WHERE state IN ('approved', 'sending') "
            "AND method = 'whop' AND next_attempt_at <= %s ORDER BY next_attempt_at LIMIT 1",
            (now,),
        )
    if not due:
        return None
    [(company_id, payout_id)] = due
    return {"done": done + 1} if send(company_id, payout_id, now) else None


def _claim(company_id: str, payout_id: int, now: datetime) -> Claimed | None:
    with transaction(WORKER) as tx:
        rows = tx.rows(
            "UPDATE payout p SET attempts = p.attempts + 1, "
            "next_attempt_at = %s + (%s::interval[])[least(p.attempts + 1, %s)] "
            "FROM member m WHERE p.company_id = %s AND p.id = %s "
            "AND p.state IN ('approved', 'sending') AND p.method = 'whop' "
            "AND p.next_attempt_at <= %s AND m.company_id = p.company_id AND m.id = p.member_id "
            "RETURNING m.whop_user_id, p.amount_minor, p.exponent, p.currency, p.key, "
            "p.transfer_id, p.first_sent_at",
            (now, list(PAUSES), len(PAUSES), company_id, payout_id, now),
        )
    if not rows:
        return None
    *ordered, transfer_id, first_sent_at = rows[0]
    return Claimed(payout_id, Order(company_id, *ordered), transfer_id, first_sent_at)


def _send(claimed: Claimed, now: datetime) -> None:
    if claimed.first_sent_at is not None:
        told = _ask(claimed, claimed.first_sent_at, now)
        if told is not None:
            _note(claimed, told, now)
            return
        if now - claimed.first_sent_at > KEY_LIFE:
            # Nothing of it is under way any more, and Whop knows of no such transfer.
            _close(claimed, "failed", "never_made", now)
            return
    elif (lacking := _lacking(claimed)) != "":
        _put_off(claimed, lacking, now)
        return
    if _begin(claimed, now):
        _make(claimed, now)


def _ask(claimed: Claimed, since: datetime, now: datetime) -> Transfer | None:
    """What became of a transfer that was asked for before; None = there is none."""
    try:
        if claimed.transfer_id:
            return transfers.read(claimed.transfer_id, now)
        return transfers.find(claimed.order, since, now)
    except WhopRefused as error:
        # Not even asking is allowed: nobody knows, so nothing is done.
        raise WhopUnreachable from error


def _lacking(claimed: Claimed) -> str:
    """What stands against sending, in one word; empty = nothing."""
    try:
        if transfers.missing_permissions(claimed.order.company_id):
            return "permission_missing"
        return "" if transfers.has_funds(claimed.order) else "balance_too_low"
    except WhopRefused as error:
        if error.status in NOT_NOW:
            raise WhopUnreachable from error
        return "permission_missing"


def _begin(claimed: Claimed, now: datetime) -> bool:
    """Commit that Whop may have been asked. False where somebody decided otherwise meanwhile."""

    def change(changes: Changes, payout: Payout) -> bool:
        if payout.state not in ("approved", "sending"):
            return False
        payout.first_sent_at = payout.first_sent_at or now
        if payout.state == "approved":
            changes.step(payout, "sending", BY_ITSELF)
        return True

    return _change(claimed, now, change)


def _make(claimed: Claimed, now: datetime) -> None:
    try:
        told = transfers.make(claimed.order, now)
    except WhopRefused as error:
        if error.status in NOT_NOW:
            raise WhopUnreachable from error
        log.warning(
            "payout_refused",
            company_id=claimed.order.company_id,
            payout_id=claimed.id,
            status=error.status,
        )
        if error.status in NOT_ALLOWED and claimed.first_sent_at is None:
            _take_back(claimed, "permission_missing", now)
        elif error.status in NOT_ALLOWED:
            raise WhopUnreachable from error
        else:
            _close(claimed, "failed", f"refused_{error.status}", now)
        return
    _note(claimed, told, now)


def _note(claimed: Claimed, told: Transfer, now: datetime) -> None:
    """Book what Whop says of the transfer; while it is under way it is asked for later on."""
    if not transfers.fits(told, claimed.order):
        log.error(
            "transfer_differs",
            company_id=claimed.order.company_id,
            payout_id=claimed.id,
            transfer_id=told.transfer_id,
        )
        _note_problem(claimed, "transfer_differs")
        return
    with transaction(WORKER) as tx:
        tx.run(
            "UPDATE payout SET transfer_id = %s WHERE company_id = %s AND id = %s",
            (told.transfer_id, claimed.order.company_id, claimed.id),
        )
    state = told_state(told.status)
    if state is not None:
        _close(claimed, state, told.problem, now)


def _close(claimed: Claimed, state: str, note: str, now: datetime) -> None:
    """Book the end of a payout, if its webhook has not done so before."""

    def change(changes: Changes, payout: Payout) -> bool:
        if payout.state == "sending":
            changes.step(payout, state, WHOP, note)
        return True

    _change(claimed, now, change)


def _take_back(claimed: Claimed, problem: str, now: datetime) -> None:
    """Whop did not even look at it: the payout is as it was before it was sent."""

    def change(changes: Changes, payout: Payout) -> bool:
        if payout.state == "sending":
            changes.step(payout, "approved", BY_ITSELF, problem)
            payout.first_sent_at, payout.next_attempt_at = None, now + REST
        return True

    _change(claimed, now, change)


def _put_off(claimed: Claimed, problem: str, now: datetime) -> None:
    """Leave a payout approved; its creators are told once why it does not go on."""

    def change(changes: Changes, payout: Payout) -> bool:
        if payout.state != "approved":
            return False
        is_news = payout.problem != problem
        payout.problem, payout.next_attempt_at = problem, now + REST
        changes.touch(payout)
        if is_news:
            changes.tell(payout)
        return True

    _change(claimed, now, change)


def _note_problem(claimed: Claimed, problem: str) -> None:
    with transaction(WORKER) as tx:
        tx.run(
            "UPDATE payout SET problem = %s WHERE company_id = %s AND id = %s "
            "AND state IN ('approved', 'sending')",
            (problem, claimed.order.company_id, claimed.id),
        )


def _change(claimed: Claimed, now: datetime, change: Callable[[Changes, Payout], bool]) -> bool:
    """Change the payout under the company's turn and the locks of everybody who is told."""
    company = claimed.order.company_id
    with transaction(WORKER, company, lock_ms=TURN_MS) as tx:
        take_turn(tx, company)
        [(member_id,)] = tx.rows(
            "SELECT member_id FROM payout WHERE company_id = %s AND id = %s", (company, claimed.id)
        )
        creators = creators_of(tx, company)
        members = lock_members(tx, {(company, member_id), *creators})
        payout = lock_payouts(tx, [(company, claimed.id)])[company, claimed.id]
        changes = Changes(now, members, creators, load_charters(tx, [company]))
        if not change(changes, payout):
            return False
        changes.write(tx)
        return True
