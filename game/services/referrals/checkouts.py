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
from game.services.rulesets.company_settings import PLAN, PRODUCT, read_settings
from game.services.whop import api
from game.services.whop.api import WhopRefused
from game.services.whop.tokens import WhopUnreachable
from models.base import Json
from models.outgoing import RunTask
from models.session import WORKER, Transaction, transaction

log = structlog.get_logger(__name__)

PAUSES = tuple(timedelta(seconds=s) for s in (30, 120, 480, 1800, 7200, 21_600))
REST = timedelta(days=1)
"""After a refusal that asking again does not change: the creator has to do something first."""
FORBIDDEN, NOT_FOUND, CONFLICT, UNPROCESSABLE = 403, 404, 409, 422
FINAL = frozenset({FORBIDDEN, NOT_FOUND, UNPROCESSABLE})
GONE = frozenset({NOT_FOUND, UNPROCESSABLE})
"""What Whop says of a plan that it does not sell."""
MOST_A_TICK = 200
"""Codes a sweep asks for in a minute: a third of what Whop allows, the rest is for new ones."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A code that is asked for now, by us alone.

    `plan_id` empty = nobody chose one, `product_id` as well = any product's will do.
    """

    company_id: str
    code: str
    key: str
    plan_id: str
    product_id: str


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
        plan_id, url = _ask(claimed)
    except WhopRefused as error:
        return _note_refusal(claimed, error.status, now)
    except WhopUnreachable:
        return False
    if not url:
        return _note_refusal(claimed, UNPROCESSABLE, now)
    with transaction(WORKER) as tx:
        tx.run(
            "UPDATE referral_code SET purchase_url = %s, made_for = %s, former_url = '' "
            "WHERE company_id = %s AND code = %s",
            (url, plan_id, company_id, code),
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
        "AND (expires_at IS NULL OR expires_at > %s) RETURNING checkout_key, plan_id",
        (str(uuid4()), now, list(PAUSES), len(PAUSES), company_id, code, now, now),
    )
    if not rows:
        return None
    key, own_plan = rows[0]
    chosen = read_settings(tx, company_id)
    return Claimed(company_id, code, key, own_plan or chosen[PLAN], chosen[PRODUCT])


def _ask(claimed: Claimed) -> tuple[str, str]:
    """The plan and the new checkout's address; empty where the company has nothing to sell.

    A plan that was chosen and is gone is followed by what the company sells otherwise.
    """
    plan_id = claimed.plan_id or _usual_plan(claimed)
    if not plan_id:
        return "", ""
    try:
        return plan_id, _make(claimed, plan_id, claimed.key)
    except WhopRefused as error:
        usual = _usual_plan(claimed) if error.status in GONE else plan_id
        if usual in {"", plan_id}:
            raise
    # Another request than before needs another key, or Whop answers with the old refusal.
    return usual, _make(claimed, usual, f"{claimed.key}:{usual}")


def _usual_plan(claimed: Claimed) -> str:
    of_product = api.first_plan(claimed.company_id, claimed.product_id)
    return of_product or api.first_plan(claimed.company_id)


def _make(claimed: Claimed, plan_id: str, key: str) -> str:
    return api.make_checkout(claimed.company_id, plan_id, {REF_KEY: claimed.code}, key)


def renew(tx: Transaction, company_id: str, now: datetime, made_for: str = "") -> int:
    """Let the codes that sell what the company's links sell get new checkouts; how many.

    Until the new one is there visitors are sent to the one before. `made_for`: only those made for
    this plan, which is not sold any more, whoever chose it; their old checkouts sell nothing.
    """
    return tx.run(
        "UPDATE referral_code SET checkout_key = '', checkout_attempts = 0, "
        "  checkout_next_at = %(now)s, purchase_url = '', made_for = '', "
        "  former_url = CASE WHEN %(plan)s <> '' THEN '' "
        "    WHEN purchase_url <> '' THEN purchase_url ELSE former_url END "
        "WHERE company_id = %(company)s AND (expires_at IS NULL OR expires_at > %(now)s) "
        "  AND CASE WHEN %(plan)s <> '' THEN made_for = %(plan)s ELSE plan_id = '' END",
        {"company": company_id, "plan": made_for, "now": now},
    )


def review_step(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:  # noqa: ARG001
    """Ask Whop whether the next plan that links sell is still sold; renew its links if not."""
    if not can_ask():
        return None
    after = (progress.get("company", ""), progress.get("plan", ""))
    with transaction(WORKER) as tx:
        found = tx.rows(
            "SELECT company_id, made_for FROM referral_code "
            "WHERE made_for <> '' AND (company_id, made_for) > (%s, %s) "
            "ORDER BY company_id, made_for LIMIT 1",
            after,
        )
    if not found:
        return None
    [(company_id, plan_id)] = found
    try:
        is_sold = api.plan_is_on_sale(plan_id)
    except WhopRefused as error:
        # Of this company nothing can be learned; being turned away altogether ends the tick.
        if error.status not in FINAL:
            return None
        is_sold = True
    except WhopUnreachable:
        return None
    if not is_sold:
        with transaction(WORKER, company_id) as tx:
            renewed = renew(tx, company_id, now, made_for=plan_id)
        log.warning("plan_is_gone", company_id=company_id, plan_id=plan_id, links=renewed)
    return {"company": company_id, "plan": plan_id}


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
