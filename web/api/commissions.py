"""Commissions: what each payment earned, and the balance in each currency."""

from __future__ import annotations

from typing import Any

from flask import g

from game.services.commissions.coming import BalanceAhead, read_balances_ahead
from game.services.commissions.reads import CommissionView, read_commissions
from game.services.platform.keyset import cut
from models import clock
from models.session import MEMBER, transaction
from web.api.blueprint import ApiBlueprint
from web.api.commission_schemas import (
    BalanceAheadSchema,
    BalanceQuery,
    CommissionQuery,
    CommissionSchema,
)
from web.api.paging import show
from web.auth import require

commissions = ApiBlueprint(
    "commissions", __name__, url_prefix="/api/v1/commissions", description="Money earned."
)


@commissions.get("")
@require("member")
@commissions.arguments(CommissionQuery, location="query")
@commissions.response(200, CommissionSchema(many=True))
def my_commissions(query: dict[str, Any]) -> list[CommissionView]:
    """Your commissions payment by payment, newest first."""
    caller = g.caller
    with transaction(MEMBER, caller.company_id) as tx:
        page = read_commissions(
            tx, caller.company_id, caller.member_id, query["after"], query["limit"]
        )
    return show(page, query["limit"])


@commissions.get("/balance")
@require("member")
@commissions.arguments(BalanceQuery, location="query")
@commissions.response(200, BalanceAheadSchema(many=True))
def my_balance(query: dict[str, Any]) -> list[BalanceAhead]:
    """Your balance in each currency and when what is pending comes; currencies never mix."""
    caller, limit = g.caller, query["limit"]
    with transaction(MEMBER, caller.company_id) as tx:
        found = read_balances_ahead(tx, caller.company_id, caller.member_id, clock.now())
    if query["after"]:
        found = [one for one in found if one.balance.currency > query["after"][0]]
    return show(cut(found, limit, lambda one: (one.balance.currency,)), limit)
