"""Referral links, referrals and their counts as the API shows them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from web.api.paging import page_query
from web.api.shapes import Instant, MoneySchema

STATES = ("pending", "completed", "review", "reversed", "refunded", "expired")


class LinkSchema(Schema):
    """A member's link. The code alone names it too, in capitals or not."""

    code = fields.String(required=True, metadata={"example": "K7WQX2ND"})
    url = fields.String(required=True)
    expires_at = Instant(required=True, allow_none=True)


class ReferralSchema(Schema):
    """One buyer credited to the member or about to be, or a click that nobody has used.

    `pending`: a click, a trial or a payment of nothing, and nothing above zero paid. `expired`: a
    click that was not used in time. `completed`: credited, with a conversion or, where the buyer
    only went on with a subscription, with renewals alone. `refunded`: half of the conversion or
    more was taken back. `review` and `reversed` are reserved for decisions about fraud.
    """

    id = fields.String(
        required=True,
        metadata={"description": "The buyer's Whop user id; of an unused click, its token."},
    )
    buyer_username = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    source = fields.String(required=True)
    started_at = Instant(required=True)
    conversion_at = Instant(
        required=True, allow_none=True, metadata={"description": "Null while there is none."}
    )
    commission = fields.Nested(
        MoneySchema,
        required=True,
        allow_none=True,
        metadata={"description": "What is left of the conversion's commission."},
    )
    due_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "When it becomes payable; null = it waits for nothing."},
    )


class ReferralStatsSchema(Schema):
    """The member's link, null before the first was made and for the creator, and counts by state.

    Clicks are unique visitors a day; `pending` and `expired` look at the newest 200 clicks.
    """

    link = fields.Nested(LinkSchema, required=True, allow_none=True)
    clicks = fields.Integer(required=True)
    pending = fields.Integer(required=True)
    completed = fields.Integer(required=True)
    reversed = fields.Integer(required=True)
    refunded = fields.Integer(required=True)
    expired = fields.Integer(required=True)
    conversions = fields.Integer(required=True)
    earned = fields.List(fields.Nested(MoneySchema), required=True)


ReferralQuery = page_query("moment", "word")
