"""The reward pool: creators book funds and see what is promised of them."""

from __future__ import annotations

from typing import Any

from flask import g

from game.services.ledger.pool import Pools, fund, read_pools
from models import clock
from models.session import MEMBER, transaction
from web.api.blueprint import ApiBlueprint, refuses
from web.api.pool_schemas import FundsSchema, PoolsSchema
from web.auth import require
from web.rate_limits import limiter

pool = ApiBlueprint(
    "pool", __name__, url_prefix="/api/v1/company/pool", description="Funds for prizes."
)


@pool.get("")
@require("creator")
@pool.response(200, PoolsSchema)
def my_pool() -> Pools:
    """The reward pool: what is free, what is reserved for which prize, and its newest movements."""
    return present(g.caller.company_id)


@pool.post("")
@require("creator")
@refuses("rate_limited", "pool_too_small", "unknown_currency")
@limiter.limit("60 per minute")
@pool.arguments(FundsSchema)
@pool.response(200, PoolsSchema)
def book_funds(body: dict[str, Any]) -> Pools:
    """Book funds into the reward pool; an amount below zero takes back what is free."""
    caller = g.caller
    fund(
        caller.company_id,
        body["currency"],
        body["amount_minor"],
        body["note"],
        caller.whop_user_id,
        clock.now(),
    )
    return present(caller.company_id)


def present(company_id: str) -> Pools:
    """The pools of a company as they stand."""
    with transaction(MEMBER, company_id) as tx:
        return read_pools(tx, company_id)
