"""Quests as the API shows them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from web.api.paging import page_query
from web.api.shapes import Id, Instant
from web.api.user_schemas import MemberSchema


class QuestPartSchema(Schema):
    """One thing of several that a quest of a creator asks for; then `target` is a percentage."""

    metric = fields.String(required=True)
    words = fields.String(required=True)
    target = fields.Integer(required=True)
    progress = fields.Integer(required=True)


class QuestSchema(Schema):
    """One quest of one member; target and reward were fixed when it was assigned."""

    id = Id(required=True)
    template = fields.String(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    window = fields.String(
        required=True, validate=validate.OneOf(["daily", "weekly", "monthly", "special"])
    )
    slot = fields.String(required=True)
    difficulty = fields.String(
        required=True, validate=validate.OneOf(["easy", "medium", "hard", "epic", "special"])
    )
    target_type = fields.String(required=True)
    target = fields.Integer(required=True)
    progress = fields.Integer(required=True)
    reward_xp = fields.Integer(required=True)
    state = fields.String(
        required=True, validate=validate.OneOf(["assigned", "completed", "claimed", "replaced"])
    )
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    completed_at = Instant(required=True, allow_none=True)
    claimed_at = Instant(required=True, allow_none=True)
    can_reroll = fields.Boolean(required=True)
    parts = fields.List(fields.Nested(QuestPartSchema), required=True)


class CountedFactSchema(Schema):
    """A fact that counted for a quest: `amount` in the unit of its metric, `what` names it."""

    metric = fields.String(required=True)
    at = Instant(required=True)
    amount = fields.Integer(required=True)
    what = fields.String(required=True)


class QuestDetailSchema(QuestSchema):
    """One quest with the facts that counted, newest first, at most a hundred of each metric."""

    facts = fields.List(fields.Nested(CountedFactSchema), required=True)


class ClaimSchema(Schema):
    """What claiming a quest gave."""

    quest = fields.Nested(QuestSchema, required=True)
    xp_awarded = fields.Integer(required=True)
    member = fields.Nested(MemberSchema, required=True)


QuestQuery = page_query("moment", "number")
