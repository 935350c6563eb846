"""Commissions as the API shows them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from web.api.paging import page_query
from web.api.shapes import Instant, MoneySchema


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


CommissionQuery = page_query("moment", "word")
BalanceQuery = page_query("word")
