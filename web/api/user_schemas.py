"""Members, profiles and receipts as the API shows them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from web.api.paging import page_query
from web.api.shapes import BalanceSchema, Id, Instant, MoneySchema


class StreakSchema(Schema):
    """Days in a row with a new referral or a claimed quest; a week freezes one day without."""

    days = fields.Integer(required=True)
    best = fields.Integer(required=True)
    is_done = fields.Boolean(required=True, metadata={"description": "Today counts already."})
    has_freeze = fields.Boolean(
        required=True, metadata={"description": "This week's frozen day is still there."}
    )
    ends_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "When it ends unless something counts before; null = not today."},
    )


class MemberSchema(Schema):
    """A member as they see themselves. XP in whole points, levels of the present run."""

    id = Id(required=True)
    whop_user_id = fields.String(required=True)
    username = fields.String(required=True)
    avatar_url = fields.String(required=True, allow_none=True)
    character_class = fields.String(
        required=True, allow_none=True, metadata={"description": "Null = novice."}
    )
    level = fields.Integer(required=True)
    experience_points = fields.Integer(required=True, metadata={"description": "Of this run."})
    lifetime_xp = fields.Integer(required=True)
    xp_to_next_level = fields.Integer(required=True)
    level_xp = fields.Integer(
        required=True, metadata={"description": "XP at which the present level began."}
    )
    next_level_xp = fields.Integer(required=True)
    prestige_level = fields.Integer(required=True)
    total_referrals = fields.Integer(required=True)
    streak = fields.Nested(StreakSchema, required=True)
    commission = fields.List(fields.Nested(BalanceSchema), required=True)
    class_change_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "When the class may be changed next; null = now."},
    )
    silent_kinds = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Kinds of notices that do not pop up."},
    )
    created_at = Instant(required=True)


class BadgeSchema(Schema):
    """An unlocked achievement."""

    key = fields.String(required=True)
    title = fields.String(required=True)
    rarity = fields.String(required=True)
    unlocked_at = Instant(required=True)


class ProfileSchema(Schema):
    """A member as others of the company see them: no money, no Whop id."""

    id = Id(required=True)
    username = fields.String(required=True)
    avatar_url = fields.String(required=True, allow_none=True)
    character_class = fields.String(required=True, allow_none=True)
    level = fields.Integer(required=True)
    experience_points = fields.Integer(required=True)
    lifetime_xp = fields.Integer(required=True)
    prestige_level = fields.Integer(required=True)
    total_referrals = fields.Integer(required=True)
    achievements = fields.List(fields.Nested(BadgeSchema), required=True)
    created_at = Instant(required=True)


class ReceiptSchema(Schema):
    """One posting to a member: XP, money, why, by which rules, from what."""

    id = Id(required=True)
    at = Instant(required=True, metadata={"description": "The fact's own moment."})
    posted_at = Instant(
        required=True, metadata={"description": "When it was booked; the list goes by it."}
    )
    kind = fields.String(
        required=True,
        validate=validate.OneOf(["payment", "quest", "achievement", "lesson", "payout"]),
    )
    xp = fields.Integer(required=True, metadata={"description": "Signed."})
    commission = fields.Nested(
        MoneySchema,
        required=True,
        allow_none=True,
        metadata={"description": "Signed change of what is left to the member."},
    )
    reason = fields.String(required=True)
    title = fields.String(required=True)
    payment_id = fields.String(required=True, allow_none=True)
    character_class = fields.String(required=True, allow_none=True, data_key="class")
    rule_version = fields.Integer(required=True)
    multiplier_bp = fields.Integer(required=True, allow_none=True)
    inputs = fields.Dict(required=True)


class ClassChoiceSchema(Schema):
    """The class to play from now on."""

    name = fields.String(
        required=True,
        data_key="class",
        validate=validate.Length(1, 40),
        metadata={"example": "scout"},
    )


class PrestigeSchema(Schema):
    """Which prestige the member means to have; without it, the next."""

    prestige_level = fields.Integer(
        load_default=None,
        strict=True,
        validate=validate.Range(0, 1000),
        metadata={"description": "Whoever has it already stays as they are."},
    )


ReceiptQuery = page_query("number")
