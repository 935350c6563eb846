"""Payouts: a member asks for their balance, creators decide, pay by hand, and see what is owed."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from game.rules.refusals import Refusal
from game.services.payouts import deciding, limits, requesting
from game.services.payouts.by_hand import as_csv
from game.services.payouts.deciding import Decider
from game.services.payouts.reads import (
    PayoutOverview,
    PayoutView,
    read_overview,
    read_payouts,
    read_some,
)
from models import clock
from models.session import MEMBER, transaction
from web.api.blueprint import ApiBlueprint, refuses
from web.api.paging import show
from web.api.payout_schemas import (
    MarkPaidSchema,
    PayoutOverviewSchema,
    PayoutQuery,
    PayoutRequestSchema,
    PayoutSchema,
    PayoutSettingsSchema,
    PayoutsMadeSchema,
    RejectSchema,
)
from web.api.shapes import NothingSchema
from web.auth import allows, require
from web.rate_limits import limiter

payouts = ApiBlueprint(
    "payouts", __name__, url_prefix="/api/v1/payouts", description="Money on its way out."
)

MOST_IN_A_TABLE = 10_000


@payouts.get("")
@require("member")
@refuses("forbidden")
@payouts.arguments(PayoutQuery, location="query")
@payouts.response(200, PayoutSchema(many=True))
def list_payouts(query: dict[str, Any]) -> list[dict[str, Any]] | Response:
    """Your payouts, newest first; a creator sees everybody's."""
    caller = g.caller
    sees_all = allows(caller, "creator") and not query["mine"]
    member_id = None if sees_all else caller.member_id
    is_table = query["format"] == "csv"
    if is_table and not sees_all:
        raise Refusal("forbidden", "This needs the role creator.", {"role": "creator"})
    limit = MOST_IN_A_TABLE if is_table else query["limit"]
    with transaction(MEMBER, caller.company_id) as tx:
        page = read_payouts(tx, caller.company_id, member_id, query["state"], query["after"], limit)
    if is_table:
        headers = {"Content-Disposition": 'attachment; filename="payouts.csv"'}
        return Response(as_csv(page.items), mimetype="text/csv", headers=headers)
    return [shown(one, sees_all=sees_all) for one in show(page, limit)]


@payouts.post("")
@require("member")
@refuses("rate_limited", "nothing_payable", "below_minimum")
@limiter.limit("30 per minute")
@payouts.arguments(PayoutRequestSchema)
@payouts.response(200, PayoutsMadeSchema)
def make(body: dict[str, Any]) -> dict[str, Any]:
    """Ask for everything that is ready in your balance. A creator pays everybody at once.

    The money leaves what is payable at once; it comes back if the payout is rejected or fails.
    """
    caller, now = g.caller, clock.now()
    is_creator = allows(caller, "creator")
    for_everybody = is_creator if body["everybody"] is None else body["everybody"]
    asks_more = for_everybody or body["members"] is not None or body["method"] is not None
    if asks_more and not is_creator:
        raise Refusal("forbidden", "This needs the role creator.", {"role": "creator"})
    if asks_more:
        made = requesting.request_batch(
            caller.company_id,
            body["members"],
            body["currency"],
            body["method"],
            (caller.company_id, caller.member_id),
            caller.whop_user_id,
            now,
        )
    else:
        made = requesting.request_mine(
            caller.company_id, caller.member_id, caller.whop_user_id, body["currency"], now
        )
    with transaction(MEMBER, caller.company_id) as tx:
        found = read_some(tx, caller.company_id, made.ids)
    return {"payouts": [shown(one, sees_all=is_creator) for one in found], "left": made.left}


@payouts.get("/overview")
@require("creator")
@payouts.response(200, PayoutOverviewSchema)
def overview() -> PayoutOverview:
    """What the company owes, what a batch would pay now, and what waits for somebody."""
    with transaction(MEMBER, g.caller.company_id) as tx:
        return read_overview(tx, g.caller.company_id, clock.now())


@payouts.post("/settings")
@require("creator")
@payouts.arguments(PayoutSettingsSchema)
@payouts.response(200, PayoutOverviewSchema)
def set_limit(body: dict[str, Any]) -> PayoutOverview:
    """From which worth on two people have to agree to a payout made from now on."""
    caller, now = g.caller, clock.now()
    limits.set_second_above(
        caller.company_id, body["second_above_usd_cents"], caller.whop_user_id, now
    )
    with transaction(MEMBER, caller.company_id) as tx:
        return read_overview(tx, caller.company_id, now)


@payouts.post("/<int:payout_id>/approve")
@require("creator")
@refuses("not_found", "payout_state", "second_person_needed", "fresh_sign_in_needed")
@payouts.arguments(NothingSchema)
@payouts.response(200, PayoutSchema)
def approve(body: dict[str, Any], payout_id: int) -> dict[str, Any]:  # noqa: ARG001 - empty
    """Agree to a payout. Large ones need a second creator; who is alone signs in anew for that."""
    deciding.approve(_decider(), payout_id, clock.now())
    return _one(payout_id)


@payouts.post("/<int:payout_id>/reject")
@require("creator")
@refuses("not_found", "payout_state", "payout_being_sent")
@payouts.arguments(RejectSchema)
@payouts.response(200, PayoutSchema)
def reject(body: dict[str, Any], payout_id: int) -> dict[str, Any]:
    """Refuse a payout that was not sent; its money is payable again."""
    deciding.reject(_decider(), payout_id, body["reason"], clock.now())
    return _one(payout_id)


@payouts.post("/<int:payout_id>/mark-paid")
@require("creator")
@refuses("not_found", "payout_state", "payout_being_sent")
@payouts.arguments(MarkPaidSchema)
@payouts.response(200, PayoutSchema)
def mark_paid(body: dict[str, Any], payout_id: int) -> dict[str, Any]:
    """Note that you paid an approved payout by hand."""
    deciding.mark_paid(_decider(), payout_id, body["note"], clock.now())
    return _one(payout_id)


def _decider() -> Decider:
    caller = g.caller
    return Decider(caller.company_id, caller.member_id, caller.whop_user_id, caller.signed_in_at)


def _one(payout_id: int) -> dict[str, Any]:
    with transaction(MEMBER, g.caller.company_id) as tx:
        [found] = read_some(tx, g.caller.company_id, [payout_id])
    return shown(found, sees_all=True)


def shown(one: PayoutView, *, sees_all: bool) -> dict[str, Any]:
    """A payout as its reader may see it: who of the team decided is the team's business."""
    return {
        "id": one.id,
        "member": {
            "id": one.member_id,
            "username": one.username,
            "whop_user_id": one.whop_user_id,
        },
        "amount": one.amount,
        "usd_cents": one.usd_cents,
        "method": one.method,
        "state": one.state,
        "problem": one.problem,
        "requested_at": one.requested_at,
        "requested_by_member": one.is_members_wish,
        "needs_second": one.needs_second,
        "agreed": [who for who in (one.first_by, one.second_by) if who] if sees_all else [],
        "can_be_taken_back": one.state == "requested" or one.can_be_taken_back,
        "transfer_id": one.transfer_id,
        "closed_at": one.closed_at,
        "steps": [
            {
                "state": step.state,
                "at": step.at,
                "actor": step.actor if sees_all else None,
                "note": step.note,
            }
            for step in one.steps
        ],
    }
