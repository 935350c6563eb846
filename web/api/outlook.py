"""What a member looks at before they act; nothing here changes anything."""

from __future__ import annotations

from typing import Any

from flask import g

from game.services.progress.class_worths import Comparison, read_comparison
from game.services.progress.outlook import Outlook, read_outlook
from game.services.progress.since_visit import SinceVisit, read_since_visit
from models import clock
from models.session import MEMBER, transaction
from web.api.blueprint import ApiBlueprint, refuses
from web.api.outlook_schemas import (
    ComparisonSchema,
    OutlookQuery,
    OutlookSchema,
    SinceVisitSchema,
)
from web.auth import require

outlook = ApiBlueprint(
    "outlook", __name__, url_prefix="/api/v1/users/me", description="Looking ahead, and back."
)


@outlook.get("/classes")
@require("member")
@outlook.response(200, ComparisonSchema)
def my_classes() -> Comparison:
    """What your last thirty days would have brought in each class."""
    with transaction(MEMBER, g.caller.company_id) as tx:
        return read_comparison(tx, g.caller.company_id, g.caller.member_id, clock.now())


@outlook.get("/outlook")
@require("member")
@refuses("unknown_currency", "creator_earns_nothing")
@outlook.arguments(OutlookQuery, location="query")
@outlook.response(200, OutlookSchema)
def my_outlook(query: dict[str, Any]) -> Outlook:
    """What one more sale would bring you now: a first payment by a new buyer."""
    caller = g.caller
    asked = (query["amount_minor"], query["currency"].lower())
    with transaction(MEMBER, caller.company_id) as tx:
        return read_outlook(tx, caller.company_id, caller.member_id, asked, clock.now())


@outlook.get("/since")
@require("member")
@outlook.response(200, SinceVisitSchema)
def since_visit() -> SinceVisit:
    """What happened since your last visit of an earlier day."""
    caller = g.caller
    with transaction(MEMBER, caller.company_id) as tx:
        return read_since_visit(tx, caller.company_id, caller.member_id, clock.now())
