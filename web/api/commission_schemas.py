"""Commissions as the API shows them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, pre_dump, validate

from game.services.commissions.coming import BalanceAhead
from game.services.payouts.reads import OwnOutlook
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

    on_its_way_minor = fields.Integer(
        required=True, metadata={"description": "Of what is paid: asked for and not arrived yet."}
    )
    payable_usd_cents = fields.Integer(
        required=True, metadata={"description": "What is payable is worth; below 0 = nothing is."}
    )
    smallest_payout_usd_cents = fields.Integer(required=True)

    @pre_dump
    def put_side_by_side(self, row: tuple[BalanceAhead, OwnOutlook], **_: Any) -> dict[str, Any]:
        ahead, outlook = row
        names = ("currency", "exponent", *(f"{part}_minor" for part in PARTS))
        shown = {name: getattr(ahead.balance, name) for name in names}
        return {
            **shown,
            "coming": ahead.coming,
            "on_its_way_minor": outlook.on_its_way_minor,
            "payable_usd_cents": outlook.worth_usd_cents,
            "smallest_payout_usd_cents": outlook.minimum_usd_cents,
        }


PARTS = ("earned", "pending", "held", "payable", "paid")
CommissionQuery = page_query("moment", "word")
BalanceQuery = page_query("word")


class AccountsSchema(Schema):
    """The four accounts at one moment, in minor units."""

    pending = fields.Integer(required=True)
    held = fields.Integer(required=True)
    payable = fields.Integer(required=True)
    paid = fields.Integer(required=True)


class StatementPartSchema(Schema):
    """One currency of a statement: opening + earned - taken back + prizes = closing."""

    currency = fields.String(required=True)
    exponent = fields.Integer(required=True)
    opening = fields.Nested(AccountsSchema, required=True)
    closing = fields.Nested(AccountsSchema, required=True)
    earned_minor = fields.Integer(required=True)
    taken_back_minor = fields.Integer(required=True)
    prizes_minor = fields.Integer(required=True)
    paid_out_minor = fields.Integer(required=True)
    returned_minor = fields.Integer(
        required=True, metadata={"description": "Payouts that failed or were rejected."}
    )


class AgeSchema(Schema):
    """What is owed of sales of one age."""

    name = fields.String(required=True)
    amount = fields.Nested(MoneySchema, required=True)


class StatementSchema(Schema):
    """A month of UTC by the moments of booking; one that is over never changes."""

    month = fields.String(required=True, metadata={"example": "2026-11"})
    parts = fields.List(fields.Nested(StatementPartSchema), required=True)
    owed_by_age = fields.List(
        fields.Nested(AgeSchema),
        required=True,
        metadata={"description": "Of a company, as of now; empty for a member."},
    )


class StatementQuery(Schema):
    """Which month, of whom, in which form."""

    month = fields.String(
        load_default="", metadata={"description": "2026-11; without it the running one."}
    )
    whose = fields.String(
        load_default="mine",
        validate=validate.OneOf(["mine", "company"]),
        metadata={"description": "`company`: everybody together; creators only."},
    )
    format = fields.String(
        load_default="json",
        validate=validate.OneOf(["json", "csv"]),
        metadata={"description": "`csv`: every movement of my month as a table."},
    )
