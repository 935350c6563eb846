"""The caller's company and the rules its members play by."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import g

from game.services.rulesets.reads import CompanyView, RulesView, read_company, read_rules
from models.session import MEMBER, transaction
from web.api.blueprint import ApiBlueprint
from web.api.company_schemas import CompanySchema, RulesSchema
from web.auth import require

company = ApiBlueprint(
    "company", __name__, url_prefix="/api/v1", description="The company and its rules."
)


@company.get("/company")
@require("member")
@company.response(200, CompanySchema)
def my_company() -> CompanyView:
    """The company of your session."""
    with transaction(MEMBER, g.caller.company_id) as tx:
        return read_company(tx, g.caller.company_id)


@company.get("/rules")
@require("member")
@company.response(200, RulesSchema)
def my_rules() -> RulesView:
    """What the classes are worth under the rules that hold now."""
    with transaction(MEMBER, g.caller.company_id) as tx:
        return read_rules(tx, g.caller.company_id, datetime.now(UTC))
