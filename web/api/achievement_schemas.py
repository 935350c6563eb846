"""Achievements as the API shows them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from web.api.paging import MOST, page_query
from web.api.shapes import Instant


class BadgePartSchema(Schema):
    """One thing of several that an achievement asks for; then `threshold` is a percentage."""

    metric = fields.String(required=True)
    words = fields.String(required=True)
    target = fields.Integer(required=True)
    progress = fields.Integer(required=True)


class AchievementSchema(Schema):
    """One badge and the way to it; `unlocked_at` null = still locked."""

    key = fields.String(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    metric = fields.String(required=True)
    threshold = fields.Integer(required=True)
    reward_xp = fields.Integer(required=True)
    rarity = fields.String(
        required=True, validate=validate.OneOf(["common", "rare", "epic", "legendary"])
    )
    progress = fields.Integer(required=True)
    unlocked_at = Instant(required=True, allow_none=True)
    words = fields.String(required=True)
    parts = fields.List(fields.Nested(BadgePartSchema), required=True)
    hidden = fields.Boolean(required=True)
    is_next = fields.Boolean(
        required=True,
        metadata={"description": "Locked, and the nearest of those about the same thing."},
    )
    share_bp = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Of 10,000 members, how many have it; null = not counted yet."},
    )


AchievementQuery = page_query(
    "number",
    limit=fields.Integer(load_default=MOST, validate=validate.Range(1, MOST)),
)
"""All of them come in one page unless somebody asks for fewer: there are a few dozen."""
