"""Referrals: the member's link, whom it brought, and the counts."""

from __future__ import annotations

from typing import Any

from flask import g
from werkzeug.exceptions import ServiceUnavailable

from game.rules.codes import canonical
from game.rules.refusals import Refusal
from game.services.companies.reads import plans_for_sale
from game.services.referrals import campaigns, links
from game.services.referrals.funnels import (
    LinkView,
    Visits,
    read_campaign_views,
    read_links,
    read_visits,
)
from game.services.referrals.reads import ReferralStats, ReferralView, read_referrals, read_stats
from models import clock
from models.session import MEMBER, transaction
from web import links as web_links
from web.api.blueprint import ApiBlueprint, refuses
from web.api.paging import show
from web.api.referral_schemas import (
    CampaignSchema,
    CampaignsSchema,
    LinkQuery,
    LinkSchema,
    NewCampaignSchema,
    OwnLinkSchema,
    PlansSchema,
    ReferralQuery,
    ReferralSchema,
    ReferralStatsSchema,
    TrackedSchema,
    TrackSchema,
    VisitsSchema,
    WantedLinkSchema,
)
from web.auth import require
from web.rate_limits import limiter

referrals = ApiBlueprint(
    "referrals", __name__, url_prefix="/api/v1/referrals", description="Links and referrals."
)


@referrals.post("/generate")
@require("member")
@refuses(
    "rate_limited",
    "creator_earns_nothing",
    "too_many_links",
    "unknown_plan",
    "not_found",
    "whop_unreachable",
)
@limiter.limit("60 per minute")
@referrals.arguments(WantedLinkSchema)
@referrals.response(200, LinkSchema)
def generate(body: dict[str, Any]) -> links.Link:
    """A referral link of yours: made at the first call, the same at every further one.

    With nothing named it is your main link. The company's creator has none, for nothing would be
    credited to it.
    """
    if g.caller.company_role == "creator":
        raise links.CreatorEarnsNothing
    wanted = links.Wanted(**body)
    return links.generate(g.caller.company_id, g.caller.member_id, clock.now(), wanted)


@referrals.get("/links")
@require("member")
@referrals.arguments(LinkQuery, location="query")
@referrals.response(200, OwnLinkSchema(many=True))
def my_links(query: dict[str, Any]) -> list[LinkView]:
    """Your links, newest first, each with how far people got who followed it."""
    caller = g.caller
    with transaction(MEMBER, caller.company_id) as tx:
        page = read_links(tx, caller.company_id, caller.member_id, query["after"], query["limit"])
    return show(page, query["limit"])


@referrals.get("/links/<code>/visits")
@require("member")
@refuses("not_found")
@referrals.response(200, VisitsSchema)
def visits_of(code: str) -> Visits:
    """How one of your links was followed: on what, from where, and by which source."""
    caller = g.caller
    with transaction(MEMBER, caller.company_id) as tx:
        found = read_visits(tx, caller.company_id, caller.member_id, canonical(code))
    if found is None:
        raise Refusal("not_found", "There is no such link of yours.", {"code": code[:40]})
    return found


@referrals.get("/plans")
@require("member")
@refuses("whop_unreachable")
@referrals.response(200, PlansSchema)
def plans() -> dict[str, Any]:
    """What a link can sell; none while Whop lists no plans to us."""
    return {"plans": plans_for_sale(g.caller.company_id)}


@referrals.get("/campaigns")
@require("member")
@referrals.response(200, CampaignsSchema)
def my_campaigns() -> dict[str, Any]:
    """Your campaigns and the company's with your numbers; the creator sees everybody's."""
    caller = g.caller
    whose = None if caller.company_role == "creator" else caller.member_id
    with transaction(MEMBER, caller.company_id) as tx:
        return {"campaigns": read_campaign_views(tx, caller.company_id, whose)}


@referrals.post("/campaigns")
@require("member")
@refuses("rate_limited", "too_many_campaigns")
@limiter.limit("30 per minute")
@referrals.arguments(NewCampaignSchema)
@referrals.response(200, CampaignSchema)
def new_campaign(body: dict[str, Any]) -> campaigns.Campaign:
    """Make a campaign: the creator makes the company's, everybody else one of their own."""
    caller = g.caller
    whose = None if caller.company_role == "creator" else caller.member_id
    return campaigns.create(caller.company_id, whose, body["name"], clock.now())


@referrals.post("/track")
@refuses("rate_limited")
@limiter.limit("60 per minute")
@referrals.arguments(TrackSchema)
@referrals.response(200, TrackedSchema)
def track(body: dict[str, Any]) -> dict[str, str | None]:
    """Record a click on a link where it does not come over `/r/<code>`; no session is needed.

    Hand the token on as `metadata.wl_ref` of the checkout that follows.
    """
    try:
        return {"token": web_links.track(body["code"], body["utm"])}
    except web_links.Unresolved as error:
        raise ServiceUnavailable from error


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
            clock.now(),
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
        return read_stats(tx, g.caller.company_id, g.caller.member_id, clock.now())
