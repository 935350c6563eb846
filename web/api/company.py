"""The caller's company."""

from __future__ import annotations

from flask import g

from game.services.rulesets.reads import CompanyView, read_company
from models.session import MEMBER, transaction
from web.api.blueprint import ApiBlueprint
from web.api.company_schemas import CompanySchema
from web.auth import require

company = ApiBlueprint("company", __name__, url_prefix="/api/v1", description="The company.")


@company.get("/company")
@require("member")
@company.response(200, CompanySchema)
def my_company() -> CompanyView:
    """The company of your session."""
    with transaction(MEMBER, g.caller.company_id) as tx:
        return read_company(tx, g.caller.company_id)
