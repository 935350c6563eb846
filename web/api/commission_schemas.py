"""Commissions as the API shows them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, pre_dump, validate

from game.services.commissions.coming import BalanceAhead
from web.api.paging import page_query
from web.api.shapes import BalanceSchema, Instant, MoneySchema


class CommissionSchema(Schema):
    """What one payment earns: as first computed, and what is left after taking back."""

    payment_id = fields.String(required=True)
    at = Instant(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(["conversion", "renewal"]))
    base = fields.Nested(MoneySchema, required=True, metadata={"description": "Paid, without tax."})
    commission = fields.Nested(MoneySchema, required=True)
    kept = fields.Nested(MoneySchema, required=True)
    state = fields.String(
        required=True,
        validate=validate.OneOf(["pending", "payable", "held", "cancelled", "paid"]),
    )
    due_at = Instant(required=True, metadata={"description": "When its hold is over."})
    rule_version = fields.Integer(required=True)


class ComingSchema(Schema):
    """What becomes payable on a day of the company's calendar, in the balance's currency."""

    due_on = fields.Date(required=True)
    amount_minor = fields.Integer(required=True)


class BalanceAheadSchema(BalanceSchema):
    """A member's commission in one currency, and the next days on which pending money comes."""

    coming = fields.List(
        fields.Nested(ComingSchema),
        required=True,
        metadata={"description": "The ten nearest days; a refund or dispute can still change it."},
    )

    @pre_dump
    def put_side_by_side(self, ahead: BalanceAhead, **_: Any) -> dict[str, Any]:
        names = ("currency", "exponent", *(f"{part}_minor" for part in PARTS))
        shown = {name: getattr(ahead.balance, name) for name in names}
        return {**shown, "coming": ahead.coming}


PARTS = ("earned", "pending", "held", "payable", "paid")
CommissionQuery = page_query("moment", "word")
BalanceQuery = page_query("word")
