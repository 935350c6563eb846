"""A company as the API shows it."""

from __future__ import annotations

from marshmallow import Schema, ValidationError, fields, validate, validates

from game.services.companies.changing import time_zones


class CompanySchema(Schema):
    """A company; days and weeks begin at midnight of its time zone.

    `name` is what its creator calls it, empty = as Whop does; `title` is what to show. `plan_id` or
    `product_id` say what its links sell; both empty = its first plan that customers see.
    """

    id = fields.String(required=True)
    title = fields.String(required=True)
    time_zone = fields.String(required=True, metadata={"example": "Europe/Berlin"})
    name = fields.String(required=True)
    plan_id = fields.String(required=True)
    product_id = fields.String(required=True)


class RoleSchema(Schema):
    """What somebody of the team shall be."""

    user_id = fields.String(required=True, validate=validate.Length(1, 100))
    role = fields.String(required=True, validate=validate.OneOf(("moderator", "creator")))


class CompanyChangeSchema(Schema):
    """What to change; what is left out stays. An empty name, plan or product = not chosen.

    A time zone holds from the next day, week and month: what has begun runs on. Of plan and product
    the one named last counts. Roles are for people whom Whop counts to the team.
    """

    name = fields.String(validate=validate.Length(max=80))
    time_zone = fields.String(validate=validate.Length(1, 64))
    plan_id = fields.String(
        validate=validate.Regexp(
            r"\A(plan_\w{1,80})?\Z", error="Must be a plan of Whop's (plan_…), or empty."
        )
    )
    product_id = fields.String(
        validate=validate.Regexp(
            r"\A(prod_\w{1,80})?\Z", error="Must be a product of Whop's (prod_…), or empty."
        )
    )
    roles = fields.List(fields.Nested(RoleSchema), validate=validate.Length(1, 20))

    @validates("time_zone")
    def is_known(self, value: str, **_: object) -> None:
        """Refuse what is no name of the IANA list."""
        if value not in time_zones():
            raise ValidationError("Not a time zone, such as Europe/Berlin.")


class TeamMemberSchema(Schema):
    """Somebody of the team who has opened the app; the account's owner is always its creator."""

    user_id = fields.String(required=True)
    username = fields.String(required=True)
    role = fields.String(required=True, validate=validate.OneOf(("moderator", "creator")))
    is_owner = fields.Boolean(required=True)


class PlanSchema(Schema):
    """A plan that customers see; titles may be empty."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    product_id = fields.String(required=True)
    product_title = fields.String(required=True)


class ChoicesSchema(Schema):
    """What a creator chooses from. Without an API key Whop lists no plans to us."""

    team = fields.List(fields.Nested(TeamMemberSchema), required=True)
    plans = fields.List(fields.Nested(PlanSchema), required=True)
    time_zones = fields.List(fields.String(), required=True)
