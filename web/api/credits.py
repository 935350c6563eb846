"""Who is credited for whom by hand: decisions, promo codes, appeals, and the journal of a buyer."""

from __future__ import annotations

from typing import Any

from flask import g

from game.rules.refusals import Refusal
from game.services.crediting import appeals, deciding, journal, ties
from game.services.platform.audit import Hand
from models import clock
from models.session import MEMBER, transaction
from web.api.blueprint import refuses
from web.api.credit_schemas import (
    AppealQuery,
    AppealSchema,
    AppealTextSchema,
    CreditAskedSchema,
    CreditedQuery,
    CreditedSchema,
    CreditSchema,
    JournalSchema,
    NewTieSchema,
    ReviewSchema,
    TieSchema,
    TiesSchema,
)
from web.api.paging import show
from web.api.parsing import is_storable
from web.api.referrals import referrals
from web.api.shapes import NothingSchema
from web.auth import require
from web.rate_limits import limiter

LONGEST_BUYER = 100


def _hand() -> Hand:
    return Hand(g.caller.company_id, g.caller.whop_user_id)


def _buyer(named: str) -> str:
    """A buyer in an address: an id or a name that a column can hold."""
    told = named.strip()
    if not told or len(told) > LONGEST_BUYER or not is_storable(told):
        raise Refusal("not_found", "There is nobody of that name.")
    return told


@referrals.post("")
@require("creator")
@refuses("rate_limited", "not_found", "nothing_to_credit", "cannot_be_credited")
@limiter.limit("60 per minute")
@referrals.arguments(CreditAskedSchema)
@referrals.response(200, CreditSchema)
def credit(body: dict[str, Any]) -> deciding.Credit:
    """Credit a buyer to a member, or to nobody, above all that links and codes say.

    What was posted for somebody else is taken back and posted anew at once; both are told.
    """
    wanted = deciding.Wanted(
        body["buyer_id"], body["referrer_id"] or "", body["payment_id"], body["reason"]
    )
    return deciding.credit(_hand(), wanted, clock.now())


@referrals.get("/credited")
@require("creator")
@referrals.arguments(CreditedQuery, location="query")
@referrals.response(200, CreditedSchema(many=True))
def credited(query: dict[str, Any]) -> list[journal.Credited]:
    """Every buyer of the company who is credited to somebody; `search` by exact id or name."""
    company_id = g.caller.company_id
    with transaction(MEMBER, company_id) as tx:
        page = journal.read_credited(
            tx, company_id, query["search"].strip(), query["after"], query["limit"]
        )
    return show(page, query["limit"])


@referrals.get("/<buyer>/journal")
@require("creator")
@refuses("not_found")
@referrals.response(200, JournalSchema)
def read_journal(buyer: str) -> journal.Journal:
    """All that pointed a buyer (by Whop user id or name) to anybody, and what came of it."""
    with transaction(MEMBER, g.caller.company_id) as tx:
        return journal.read_journal(tx, g.caller.company_id, _buyer(buyer))


@referrals.get("/promo-codes")
@require("member")
@referrals.response(200, TiesSchema)
def promo_codes() -> dict[str, Any]:
    """The promo codes that are yours; the creator sees everybody's."""
    caller = g.caller
    whose = "" if caller.company_role == "creator" else caller.whop_user_id
    with transaction(MEMBER, caller.company_id) as tx:
        return {"ties": ties.read_ties(tx, caller.company_id, whose)}


@referrals.post("/promo-codes")
@require("creator")
@refuses("rate_limited", "not_found", "cannot_be_credited", "too_many_ties")
@limiter.limit("60 per minute")
@referrals.arguments(NewTieSchema)
@referrals.response(200, TieSchema)
def tie(body: dict[str, Any]) -> ties.Tie:
    """Let a promo code be a member's: who buys with it from this second on is credited to them."""
    return ties.tie(_hand(), body["promo_code_id"], body["code"], body["user_id"], clock.now())


@referrals.delete("/promo-codes/<promo_code_id>")
@require("creator")
@refuses("rate_limited", "not_found")
@limiter.limit("60 per minute")
@referrals.response(200, NothingSchema)
def untie(promo_code_id: str) -> dict[str, Any]:
    """Let a promo code be nobody's from this second on; what it brought stays."""
    ties.untie(_hand(), _buyer(promo_code_id), clock.now())
    return {}


@referrals.get("/appeals")
@require("member")
@referrals.arguments(AppealQuery, location="query")
@referrals.response(200, AppealSchema(many=True))
def my_appeals(query: dict[str, Any]) -> list[appeals.Appeal]:
    """Your appeals, newest first; the creator sees everybody's, the open ones first."""
    caller = g.caller
    whose = None if caller.company_role == "creator" else caller.member_id
    with transaction(MEMBER, caller.company_id) as tx:
        page = appeals.read_appeals(tx, caller.company_id, whose, query["after"], query["limit"])
    return show(page, query["limit"])


@referrals.post("/<buyer>/appeal")
@require("member")
@refuses("rate_limited", "not_found", "too_many_appeals")
@limiter.limit("20 per hour")
@referrals.arguments(AppealTextSchema)
@referrals.response(200, AppealSchema)
def appeal(body: dict[str, Any], buyer: str) -> appeals.Appeal:
    """Say that a buyer (by Whop user id or name) is yours. Your creator decides within 30 days.

    Whether there is such a buyer is not told.
    """
    caller = g.caller
    return appeals.appeal(
        caller.company_id, caller.member_id, _buyer(buyer), body["text"], clock.now()
    )


@referrals.post("/<buyer>/review")
@require("creator")
@refuses("rate_limited", "not_found", "appeal_closed", "nothing_to_credit", "cannot_be_credited")
@limiter.limit("60 per minute")
@referrals.arguments(ReviewSchema)
@referrals.response(200, AppealSchema)
def review(body: dict[str, Any], buyer: str) -> appeals.Appeal:
    """Grant or refuse an appeal; granted, this buyer is credited to its member at once."""
    verdict = appeals.Verdict(body["decision"], body["answer"], body["payment_id"])
    return appeals.review(_hand(), body["appeal_id"], _buyer(buyer), verdict, clock.now())
