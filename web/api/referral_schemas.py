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
    """One buyer credited to the member, or about to be."""

    id = fields.String(required=True, metadata={"description": "The buyer's Whop user id."})
    buyer_username = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    source = fields.String(required=True)
    started_at = Instant(required=True)
    conversion_at = Instant(required=True, allow_none=True)


class ReferralStatsSchema(Schema):
    """The member's link, null before the first was made, and counts by state.

    Clicks are unique visitors a day.
    """

    link = fields.Nested(LinkSchema, required=True, allow_none=True)
    clicks = fields.Integer(required=True)
    pending = fields.Integer(required=True)
    completed = fields.Integer(required=True)
    reversed = fields.Integer(required=True)
    refunded = fields.Integer(required=True)
    conversions = fields.Integer(required=True)
    earned = fields.List(fields.Nested(MoneySchema), required=True)


ReferralQuery = page_query("moment", "word")
