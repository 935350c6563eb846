"""Referrals: the member's link, whom it brought, and the counts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import g

from game.services.referrals import links
from game.services.referrals.reads import ReferralStats, ReferralView, read_referrals, read_stats
from models.session import MEMBER, transaction
from web.api.blueprint import ApiBlueprint, refuses
from web.api.paging import show
from web.api.referral_schemas import (
    LinkSchema,
    ReferralQuery,
    ReferralSchema,
    ReferralStatsSchema,
)
from web.api.shapes import NothingSchema
from web.auth import require
from web.rate_limits import limiter

referrals = ApiBlueprint(
    "referrals", __name__, url_prefix="/api/v1/referrals", description="Links and referrals."
)


@referrals.post("/generate")
@require("member")
@refuses("rate_limited")
@limiter.limit("60 per minute")
@referrals.arguments(NothingSchema)
@referrals.response(200, LinkSchema)
def generate(body: dict[str, Any]) -> links.Link:  # noqa: ARG001 - empty by its schema
    """Your referral link: made at the first call, the same at every further one."""
    return links.generate(g.caller.company_id, g.caller.member_id, datetime.now(UTC))


@referrals.get("")
@require("member")
@referrals.arguments(ReferralQuery, location="query")
@referrals.response(200, ReferralSchema(many=True))
def my_referrals(query: dict[str, Any]) -> list[ReferralView]:
    """Whom you brought and who only clicked, newest first."""
    caller = g.caller
    with transaction(MEMBER, caller.company_id) as tx:
        page = read_referrals(
            tx,
            caller.company_id,
            caller.member_id,
            datetime.now(UTC),
            query["after"],
            query["limit"],
        )
    return show(page, query["limit"])


@referrals.get("/stats")
@require("member")
@referrals.response(200, ReferralStatsSchema)
def my_stats() -> ReferralStats:
    """Your link if you have one, your referrals in counts, and what they earned by currency."""
    with transaction(MEMBER, g.caller.company_id) as tx:
        return read_stats(tx, g.caller.company_id, g.caller.member_id, datetime.now(UTC))
