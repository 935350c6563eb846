"""Payouts as the API takes and shows them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from web.api.paging import page_query
from web.api.shapes import Id, Instant, MoneySchema

STATES = ["requested", "approved", "sending", "paid", "failed", "rejected"]
MOST_MEMBERS = 500
LARGEST_LIMIT = 10**12
CURRENCY = validate.Length(3, 8)
NOTE = validate.Length(0, 500)


class PayoutRequestSchema(Schema):
    """What to pay. Everything is optional: a member asks for their own balance, a creator for all.

    `members`, `method` and `everybody` are for creators only.
    """

    currency = fields.String(
        load_default="", validate=CURRENCY, metadata={"description": "Only this one."}
    )
    everybody = fields.Boolean(
        load_default=None,
        allow_none=True,
        metadata={"description": "False: a creator asks for their own balance."},
    )
    members = fields.List(
        fields.Integer(strict=True, validate=validate.Range(1, 2**63 - 1)),
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, MOST_MEMBERS),
    )
    method = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf(["whop", "manual"])
    )


class StepSchema(Schema):
    """A state a payout took. Who did it is shown to creators only."""

    state = fields.String(required=True, validate=validate.OneOf(STATES))
    at = Instant(required=True)
    actor = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "A Whop user id, `whop` or `legends`."},
    )
    note = fields.String(required=True)


class PayeeSchema(Schema):
    """Who is paid."""

    id = Id(required=True)
    username = fields.String(required=True)
    whop_user_id = fields.String(required=True)


class PayoutSchema(Schema):
    """A balance on its way to a member."""

    id = Id(required=True)
    member = fields.Nested(PayeeSchema, required=True)
    amount = fields.Nested(MoneySchema, required=True)
    usd_cents = fields.Integer(
        required=True, metadata={"description": "Worth at the payments; 0 = not known."}
    )
    method = fields.String(required=True, validate=validate.OneOf(["whop", "manual"]))
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    problem = fields.String(
        required=True, metadata={"description": "Why it does not go on, or failed; else empty."}
    )
    requested_at = Instant(required=True)
    requested_by_member = fields.Boolean(required=True)
    needs_second = fields.Boolean(
        required=True, metadata={"description": "Two people have to agree to it."}
    )
    agreed = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Whop user ids of who agreed; creators only."},
    )
    can_be_taken_back = fields.Boolean(
        required=True, metadata={"description": "It can be rejected or paid by hand."}
    )
    transfer_id = fields.String(required=True)
    closed_at = Instant(required=True, allow_none=True)
    steps = fields.List(fields.Nested(StepSchema), required=True)


class PayoutsMadeSchema(Schema):
    """What was made. `left`: balances that are ready too; ask once more for them."""

    payouts = fields.List(fields.Nested(PayoutSchema), required=True)
    left = fields.Integer(required=True)


class OwedSchema(Schema):
    """What a company owes in one currency."""

    pending = fields.Nested(MoneySchema, required=True)
    held = fields.Nested(MoneySchema, required=True)
    payable = fields.Nested(MoneySchema, required=True)
    debt = fields.Nested(
        MoneySchema, required=True, metadata={"description": "Paid out and taken back since."}
    )
    on_its_way = fields.Nested(MoneySchema, required=True)
    paid = fields.Nested(MoneySchema, required=True)
    members = fields.Integer(required=True)


class ReadySchema(Schema):
    """What a batch would pay now in one currency."""

    amount = fields.Nested(MoneySchema, required=True)
    payouts = fields.Integer(required=True)
    too_small = fields.Integer(
        required=True, metadata={"description": "Balances below the smallest payout."}
    )


class PayoutOverviewSchema(Schema):
    """Liability, what is ready, and what waits for somebody."""

    owed = fields.List(fields.Nested(OwedSchema), required=True)
    ready = fields.List(fields.Nested(ReadySchema), required=True)
    to_decide = fields.Integer(required=True)
    to_pay_by_hand = fields.Integer(required=True)
    with_problem = fields.Integer(required=True)
    minimum_usd_cents = fields.Integer(required=True)
    second_above_usd_cents = fields.Integer(
        required=True, metadata={"description": "Above this worth two people have to agree."}
    )


class PayoutSettingsSchema(Schema):
    """From which worth on two people have to agree, in US cents. 0 = always."""

    second_above_usd_cents = fields.Integer(
        required=True, strict=True, validate=validate.Range(0, LARGEST_LIMIT)
    )


class RejectSchema(Schema):
    """Why a payout is refused; the member reads it."""

    reason = fields.String(load_default="", validate=NOTE)


class MarkPaidSchema(Schema):
    """How it was paid, such as the bank's reference."""

    note = fields.String(load_default="", validate=NOTE)


PayoutQuery = page_query(
    "number",
    state=fields.String(load_default="", validate=validate.OneOf(STATES)),
    mine=fields.Boolean(
        load_default=False, metadata={"description": "Also for creators: only my own."}
    ),
    format=fields.String(
        load_default="json",
        validate=validate.OneOf(["json", "csv"]),
        metadata={"description": "`csv`: up to 10,000 payouts as a table; creators only."},
    ),
)
