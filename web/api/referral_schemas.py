"""Referral links, referrals and their counts as the API shows them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from game.rules.visits import UTM
from web.api.company_schemas import PlanSchema
from web.api.paging import page_query
from web.api.shapes import AskedId, Id, Instant, MoneySchema, Words

STATES = ("pending", "completed", "review", "reversed", "refunded", "expired")


class LinkSchema(Schema):
    """A member's link. The code alone names it too, in capitals or not."""

    code = fields.String(required=True, metadata={"example": "K7WQX2ND"})
    url = fields.String(required=True)
    expires_at = Instant(required=True, allow_none=True)
    name = fields.String(
        required=True, metadata={"description": "What its member calls it; the main link has none."}
    )
    campaign_id = Id(required=True, allow_none=True)
    plan_id = fields.String(
        required=True, metadata={"description": "Empty = what the company's links sell."}
    )


class WantedLinkSchema(Schema):
    """Which link: with nothing named the main one. The same name and campaign give the same link.

    `plan_id` counts where the link is made; what is there keeps its own.
    """

    name = Words(load_default="", validate=validate.Length(max=60))
    campaign_id = AskedId(load_default=None, allow_none=True)
    plan_id = fields.String(
        load_default="",
        validate=validate.Regexp(
            r"\A(plan_\w{1,80})?\Z", error="Must be a plan of Whop's (plan_…), or empty."
        ),
    )


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


class FunnelSchema(Schema):
    """How far people got. `clicks` counts all, `visitors` each visitor once.

    `checkouts`: clicks sent to a checkout of the link's own. `earned`: what is left of the
    commission, by currency.
    """

    clicks = fields.Integer(required=True)
    visitors = fields.Integer(required=True)
    checkouts = fields.Integer(required=True)
    referrals = fields.Integer(required=True)
    conversions = fields.Integer(required=True)
    renewals = fields.Integer(required=True)
    earned = fields.List(fields.Nested(MoneySchema), required=True)


class OwnLinkSchema(Schema):
    """One of your links, with its numbers."""

    link = fields.Nested(LinkSchema, required=True)
    created_at = Instant(required=True)
    funnel = fields.Nested(FunnelSchema, required=True)


class PartSchema(Schema):
    """How many clicks came so; an empty name = not known."""

    name = fields.String(required=True)
    clicks = fields.Integer(required=True)


class VisitsSchema(Schema):
    """How a link was followed: by device, by country and by `utm_source`, most first."""

    devices = fields.List(fields.Nested(PartSchema), required=True)
    countries = fields.List(fields.Nested(PartSchema), required=True)
    sources = fields.List(fields.Nested(PartSchema), required=True)


class CampaignSchema(Schema):
    """A campaign. `is_company`: the creator's, open to every member's links."""

    id = Id(required=True)
    name = fields.String(required=True)
    is_company = fields.Boolean(required=True)
    created_at = Instant(required=True)


class CampaignViewSchema(Schema):
    """A campaign with the numbers of your links in it; of everybody's for the creator."""

    campaign = fields.Nested(CampaignSchema, required=True)
    links = fields.Integer(required=True)
    funnel = fields.Nested(FunnelSchema, required=True)


class CampaignsSchema(Schema):
    """All campaigns there are for you, newest first."""

    campaigns = fields.List(fields.Nested(CampaignViewSchema), required=True)


class PlansSchema(Schema):
    """What a link can sell."""

    plans = fields.List(fields.Nested(PlanSchema), required=True)


class NewCampaignSchema(Schema):
    """What it is called; a name that is there gives the campaign that is there."""

    name = Words(required=True, validate=validate.Length(1, 60))


class TrackSchema(Schema):
    """A click on a page of the company's own. `utm`: source, medium, campaign, term, content."""

    code = fields.String(required=True, validate=validate.Length(1, 40))
    utm = fields.Dict(
        keys=fields.String(validate=validate.OneOf(UTM)),
        values=fields.String(validate=validate.Length(max=200)),
        load_default=dict,
    )


class TrackedSchema(Schema):
    """The click's token, for `metadata.wl_ref` of a checkout; null = it does not count."""

    token = fields.String(required=True, allow_none=True)


LinkQuery = page_query("moment", "word")
ReferralQuery = page_query("moment", "word")
