"""Checkouts for referral codes: only what a checkout was made with comes back with its payments.

Whop copies the metadata of a checkout to the payment and the membership, and nothing else: a word
in a link's query is lost. So each code gets a checkout of its own, made once, in the background.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

import settings
from game.rules.bodies.fields import REF_KEY
from game.services.whop import api
from game.services.whop.api import WhopRefused
from game.services.whop.tokens import WhopUnreachable
from models.base import Json
from models.outgoing import RunTask
from models.session import WORKER, Transaction, transaction

log = structlog.get_logger(__name__)

PLAN_SETTING = "checkout.plan_id"
"""Names, as a JSON text, the plan a company's links sell; without it its first visible one."""
PAUSES = tuple(timedelta(seconds=s) for s in (30, 120, 480, 1800, 7200, 21_600))
REST = timedelta(days=1)
"""After a refusal that asking again does not change: the creator has to do something first."""
FORBIDDEN, NOT_FOUND, CONFLICT, UNPROCESSABLE = 403, 404, 409, 422
FINAL = frozenset({FORBIDDEN, NOT_FOUND, UNPROCESSABLE})
MOST_A_TICK = 200
"""Codes a sweep asks for in a minute: a third of what Whop allows, the rest is for new ones."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A code that is asked for now, by us alone. `plan_id` empty = the company chose none."""

    company_id: str
    code: str
    key: str
    plan_id: str


def wanted(company_id: str, code: str) -> RunTask:
    """The message that asks for a code's checkout soon; lost, the sweep finds the code."""
    return RunTask("checkouts.make", {"company_id": company_id, "code": code})


def can_ask() -> bool:
    """Whether there is a key to ask Whop with."""
    return bool(settings.current().whop_api_key)


def make(company_id: str, code: str, now: datetime) -> bool:
    """Ask Whop for the code's checkout, if it has none and is due. False = no use asking for more.

    The attempt is counted and the next one planned before Whop is asked, so a process that dies
    here is followed by another after the pause; the stored key keeps Whop from making a second
    checkout for it.
    """
    if not can_ask():
        return False
    with transaction(WORKER) as tx:
        claimed = _claim(tx, company_id, code, now)
    if claimed is None:
        return True
    try:
        url = _ask(claimed)
    except WhopRefused as error:
        return _note_refusal(claimed, error.status, now)
    except WhopUnreachable:
        return False
    if not url:
        return _note_refusal(claimed, UNPROCESSABLE, now)
    with transaction(WORKER) as tx:
        tx.run(
            "UPDATE referral_code SET purchase_url = %s WHERE company_id = %s AND code = %s",
            (url, company_id, code),
        )
    return True


def sweep_step(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:  # noqa: ARG001
    """Ask for the code that has waited longest. Ends the tick when Whop turns us away."""
    asked = int(progress.get("asked", 0))
    if not can_ask() or asked >= MOST_A_TICK:
        return None
    with transaction(WORKER) as tx:
        due = tx.rows(
            "SELECT company_id, code FROM referral_code WHERE purchase_url = '' "
            "AND checkout_next_at <= %s AND (expires_at IS NULL OR expires_at > %s) "
            "ORDER BY checkout_next_at LIMIT 1",
            (now, now),
        )
    if not due:
        return None
    [(company_id, code)] = due
    return {"asked": asked + 1} if make(company_id, code, now) else None


def _claim(tx: Transaction, company_id: str, code: str, now: datetime) -> Claimed | None:
    """Take the code if it is due, and put it off for the case that nothing more is heard."""
    rows = tx.rows(
        "UPDATE referral_code SET checkout_attempts = checkout_attempts + 1, "
        "checkout_key = CASE checkout_key WHEN '' THEN %s ELSE checkout_key END, "
        "checkout_next_at = %s + (%s::interval[])[least(checkout_attempts + 1, %s)] "
        "WHERE company_id = %s AND code = %s AND purchase_url = '' AND checkout_next_at <= %s "
        "AND (expires_at IS NULL OR expires_at > %s) RETURNING checkout_key",
        (str(uuid4()), now, list(PAUSES), len(PAUSES), company_id, code, now, now),
    )
    return Claimed(company_id, code, rows[0][0], _chosen_plan(tx, company_id)) if rows else None


def _chosen_plan(tx: Transaction, company_id: str) -> str:
    rows = tx.rows(
        "SELECT value #>> '{}' FROM system_config WHERE company_id = %s AND key = %s "
        "ORDER BY version DESC LIMIT 1",
        (company_id, PLAN_SETTING),
    )
    return rows[0][0] or "" if rows else ""


def _ask(claimed: Claimed) -> str:
    """The new checkout's address; empty where the company has nothing to sell."""
    plan_id = claimed.plan_id or api.first_plan(claimed.company_id)
    if not plan_id:
        return ""
    return api.make_checkout(claimed.company_id, plan_id, {REF_KEY: claimed.code}, claimed.key)


def _note_refusal(claimed: Claimed, status: int, now: datetime) -> bool:
    """Plan what follows a no. False where it was about us and not about this code.

    Whop repeats a refusal for the same key for a day, so the next attempt gets another one; only
    "still at work on it" (409) is no refusal.
    """
    log.warning("checkout_refused", company_id=claimed.company_id, code=claimed.code, status=status)
    key = claimed.key if status == CONFLICT else ""
    next_at = now + REST if status in FINAL else None
    with transaction(WORKER) as tx:
        tx.run(
            "UPDATE referral_code SET checkout_key = %s, "
            "checkout_next_at = coalesce(%s, checkout_next_at) "
            "WHERE company_id = %s AND code = %s",
            (key, next_at, claimed.company_id, claimed.code),
        )
    return status in FINAL
