"""Commissions: what each payment earned, and the balance in each currency."""

from __future__ import annotations

from typing import Any

from flask import Response, g

from game.rules.refusals import Refusal
from game.services.commissions.coming import BalanceAhead, read_balances_ahead
from game.services.commissions.reads import CommissionView, read_commissions
from game.services.commissions.statements import (
    Statement,
    month_of,
    read_company_statement,
    read_statement,
    statement_table,
)
from game.services.payouts.reads import OwnOutlook, read_own_outlook
from game.services.platform.keyset import cut
from models import clock
from models.session import MEMBER, transaction
from web.api.blueprint import ApiBlueprint, refuses
from web.api.commission_schemas import (
    BalanceAheadSchema,
    BalanceQuery,
    CommissionQuery,
    CommissionSchema,
    StatementQuery,
    StatementSchema,
)
from web.api.paging import show
from web.auth import allows, require
from web.rate_limits import limiter

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
def my_balance(query: dict[str, Any]) -> list[tuple[BalanceAhead, OwnOutlook]]:
    """Your balance in each currency and when what is pending comes; currencies never mix."""
    caller, limit, now = g.caller, query["limit"], clock.now()
    with transaction(MEMBER, caller.company_id) as tx:
        found = read_balances_ahead(tx, caller.company_id, caller.member_id, now)
        outlook = read_own_outlook(tx, caller.company_id, caller.member_id, now)
    if query["after"]:
        found = [one for one in found if one.balance.currency > query["after"][0]]
    page = show(cut(found, limit, lambda one: (one.balance.currency,)), limit)
    return [(one, outlook[one.balance.currency]) for one in page]


@commissions.get("/statement")
@require("member")
@refuses("no_such_month", "forbidden", "rate_limited")
@limiter.limit("30 per minute")
@commissions.arguments(StatementQuery, location="query")
@commissions.response(200, StatementSchema)
def my_statement(query: dict[str, Any]) -> Statement | Response:
    """A month of your money: what you had, earned, lost and were paid; a creator also everybody's.

    It ties out: opening and flows make the closing, and the running month's is your balance.
    """
    caller, now = g.caller, clock.now()
    month = month_of(query["month"], now)
    if query["whose"] == "company" and not allows(caller, "creator"):
        raise Refusal("forbidden", "This needs the role creator.", {"role": "creator"})
    with transaction(MEMBER, caller.company_id, snapshot=True) as tx:
        if query["whose"] == "company":
            return read_company_statement(tx, caller.company_id, month, now)
        if query["format"] == "csv":
            table = statement_table(tx, caller.company_id, caller.member_id, month)
            name = f"statement-{month.name}.csv"
            headers = {"Content-Disposition": f'attachment; filename="{name}"'}
            return Response(table, mimetype="text/csv", headers=headers)
        return read_statement(tx, caller.company_id, caller.member_id, month)
