"""Achievements as the API shows them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from web.api.paging import MOST, page_query
from web.api.shapes import Instant


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


AchievementQuery = page_query(
    "number",
    limit=fields.Integer(load_default=MOST, validate=validate.Range(1, MOST)),
)
"""All of them come in one page unless somebody asks for fewer: there are a few dozen."""
