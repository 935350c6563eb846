"""Commissions: what each payment earned, and the balance in each currency."""

from __future__ import annotations

from typing import Any

from flask import g

from game.services.commissions.reads import CommissionView, read_commissions
from game.services.ledger.money_reads import CurrencyBalance, read_balances
from game.services.platform.keyset import cut
from models.session import MEMBER, transaction
from web.api.blueprint import ApiBlueprint
from web.api.commission_schemas import BalanceQuery, CommissionQuery, CommissionSchema
from web.api.paging import show
from web.api.shapes import BalanceSchema
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
@commissions.response(200, BalanceSchema(many=True))
def my_balance(query: dict[str, Any]) -> list[CurrencyBalance]:
    """Your balance in each currency; currencies never mix."""
    caller, limit = g.caller, query["limit"]
    with transaction(MEMBER, caller.company_id) as tx:
        balances = read_balances(tx, caller.company_id, caller.member_id)
    if query["after"]:
        balances = [one for one in balances if one.currency > query["after"][0]]
    return show(cut(balances, limit, lambda one: (one.currency,)), limit)
