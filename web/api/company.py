"""The caller's company."""

from __future__ import annotations

from typing import Any

from flask import g

from game.services.companies.changing import change, time_zones
from game.services.companies.reads import plans_for_sale, read_team
from game.services.platform.audit import Hand
from game.services.rulesets.reads import CompanyView, read_company
from models import clock
from models.session import MEMBER, transaction
from web.api.blueprint import ApiBlueprint, refuses
from web.api.company_schemas import (
    ChoicesSchema,
    CompanyChangeSchema,
    CompanySchema,
)
from web.auth import require
from web.rate_limits import limiter

company = ApiBlueprint("company", __name__, url_prefix="/api/v1", description="The company.")


@company.get("/company")
@require("member")
@company.response(200, CompanySchema)
def my_company() -> CompanyView:
    """The company of your session."""
    with transaction(MEMBER, g.caller.company_id) as tx:
        return read_company(tx, g.caller.company_id)


@company.patch("/company")
@require("creator")
@refuses(
    "rate_limited",
    "unknown_plan",
    "too_many_changes",
    "not_found",
    "not_of_the_team",
    "owner_stays_creator",
    "whop_unreachable",
)
@limiter.limit("60 per hour")
@company.arguments(CompanyChangeSchema)
@company.response(200, CompanySchema)
def change_company(body: dict[str, Any]) -> CompanyView:
    """Change name, time zone, team, or what the company's links sell; all of it or nothing."""
    return change(Hand(g.caller.company_id, g.caller.whop_user_id), body, clock.now())


@company.get("/company/choices")
@require("creator")
@refuses("whop_unreachable")
@company.response(200, ChoicesSchema)
def my_choices() -> dict[str, Any]:
    """The team, the plans that can be sold, and the time zones there are."""
    plans = plans_for_sale(g.caller.company_id)
    with transaction(MEMBER, g.caller.company_id) as tx:
        team = read_team(tx, g.caller.company_id)
    return {"team": team, "plans": plans, "time_zones": sorted(time_zones())}
