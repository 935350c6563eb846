"""What a member looks at before they act: classes compared, one more sale, news since the last."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from game.rules.money import LARGEST_MINOR
from web.api.shapes import Id, Instant, MoneySchema


class ClassOutcomeSchema(Schema):
    """What the same deeds would have brought in one class."""

    key = fields.String(required=True)
    xp = fields.Integer(required=True)
    ability_xp = fields.Integer(
        required=True, metadata={"description": "The part of `xp` that its ability adds."}
    )
    commission = fields.List(fields.Nested(MoneySchema), required=True)


class ComparisonSchema(Schema):
    """Your last thirty days in each class, the novice too, under the rules that hold now."""

    since = Instant(required=True)
    until = Instant(required=True)
    conversions = fields.Integer(
        required=True, metadata={"description": "New referrals in that time."}
    )
    classes = fields.List(fields.Nested(ClassOutcomeSchema), required=True)


class OutlookQuery(Schema):
    """One more sale: what the buyer would pay for the product, without tax."""

    amount_minor = fields.Integer(load_default=4900, validate=validate.Range(1, LARGEST_MINOR))
    currency = fields.String(
        load_default="usd",
        validate=validate.Regexp(r"^[A-Za-z0-9_]{3,8}\Z", error="Must be a currency, such as usd."),
        metadata={"example": "usd"},
    )


class StepSchema(Schema):
    """A figure now, and after the sale."""

    now = fields.Integer(required=True)
    then = fields.Integer(required=True)


class QuestAheadSchema(Schema):
    """A quest the sale would finish, and its reward once you claim it."""

    id = Id(required=True, allow_none=True, metadata={"description": "Null = yet to be given."})
    title = fields.String(required=True)
    xp = fields.Integer(required=True)


class BadgeAheadSchema(Schema):
    """An achievement the sale would unlock."""

    key = fields.String(required=True)
    title = fields.String(required=True)
    xp = fields.Integer(required=True)


class GameAheadSchema(Schema):
    """`xp` is `sale_xp` and that of `achievements`; quests stand apart, as they are claimed."""

    xp = fields.Integer(required=True)
    sale_xp = fields.Integer(required=True)
    ability = fields.String(required=True, allow_none=True)
    ability_xp = fields.Integer(required=True)
    level = fields.Nested(StepSchema, required=True)
    xp_to_next_level = fields.Integer(required=True, metadata={"description": "After the sale."})
    streak_days = fields.Nested(StepSchema, required=True)
    rank = fields.Nested(StepSchema, required=True, metadata={"description": "By lifetime XP."})
    quests = fields.List(fields.Nested(QuestAheadSchema), required=True)
    achievements = fields.List(fields.Nested(BadgeAheadSchema), required=True)


class OutlookSchema(Schema):
    """What one more sale would bring. Nothing is booked."""

    sale = fields.Nested(MoneySchema, required=True)
    commission = fields.Nested(MoneySchema, required=True)
    payable_at = Instant(required=True)
    game = fields.Nested(
        GameAheadSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Null where only the payment tells what it is in US dollars."},
    )


class SinceVisitSchema(Schema):
    """What came of your links since you were last here on an earlier day."""

    since = Instant(required=True, allow_none=True, metadata={"description": "Null = first visit."})
    clicks = fields.Integer(required=True)
    sales = fields.Integer(required=True)
    xp = fields.Integer(required=True)
    commission = fields.List(fields.Nested(MoneySchema), required=True)
    usual_sale = fields.Nested(
        MoneySchema,
        required=True,
        allow_none=True,
        metadata={"description": "What your newest buyer paid; null = nobody has yet."},
    )
