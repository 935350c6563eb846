"""A company and the rules members choose by, as the API shows them."""

from __future__ import annotations

from marshmallow import Schema, fields


class CompanySchema(Schema):
    """A company; days and weeks begin at midnight of its time zone."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    time_zone = fields.String(required=True, metadata={"example": "Europe/Berlin"})


class AbilitySchema(Schema):
    """A class's extra XP, and when it counts."""

    name = fields.String(required=True)
    bonus_bp = fields.Integer(required=True)
    description = fields.String(required=True)


class ClassSchema(Schema):
    """What a class is worth; 10,000 basis points are the usual amount."""

    key = fields.String(required=True)
    title = fields.String(required=True)
    xp_bp = fields.Integer(required=True)
    commission_bp = fields.Integer(required=True)
    ability = fields.Nested(AbilitySchema, required=True, allow_none=True)


class PrestigeRulesSchema(Schema):
    """From which level a run may begin anew, how often, and what each adds to XP."""

    from_level = fields.Integer(required=True)
    times = fields.Integer(required=True)
    bonus_bp = fields.Integer(required=True)


class RulesSchema(Schema):
    """The present rules as far as members choose by them."""

    version = fields.Integer(required=True)
    class_change_days = fields.Integer(required=True)
    commission_rate_bp = fields.Integer(required=True)
    hold_days = fields.Integer(required=True)
    prestige = fields.Nested(PrestigeRulesSchema, required=True)
    classes = fields.List(fields.Nested(ClassSchema), required=True)
