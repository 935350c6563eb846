"""Sessions as the API shows them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from web.api.company_schemas import CompanySchema
from web.api.shapes import Instant
from web.api.user_schemas import MemberSchema

ROLES = ("member", "moderator", "creator", "admin")


def whop_id(prefix: str) -> validate.Regexp:
    """An id as Whop gives it."""
    return validate.Regexp(
        rf"^{prefix}[A-Za-z0-9_]{{1,64}}\Z",
        error=f"Must be {prefix} and then 1 to 64 letters, digits or underscores.",
    )


class SignInSchema(Schema):
    """Where the user wants in: exactly one of the two."""

    experience_id = fields.String(validate=whop_id("exp_"), metadata={"example": "exp_demo"})
    company_id = fields.String(validate=whop_id("biz_"), metadata={"example": "biz_demo"})

    @validates_schema
    def check_one_place(self, data: dict[str, Any], **_: Any) -> None:
        if len(data) != 1:
            raise ValidationError("Give either experience_id or company_id.", "experience_id")


class MeSchema(Schema):
    """Somebody signed in."""

    whop_user_id = fields.String(required=True)
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    company = fields.Nested(CompanySchema, required=True)
    member = fields.Nested(
        MemberSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Null for an operator who is no member of the company."},
    )


class SignedInSchema(Schema):
    """A session: send `token` as `Authorization: Bearer …` until `expires_at`."""

    token = fields.String(required=True)
    expires_at = Instant(required=True)
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    company = fields.Nested(CompanySchema, required=True)
    member = fields.Nested(MemberSchema, required=True, allow_none=True)
    app_id = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The Whop app's id, which the frame's SDK asks for."},
    )
    last_id = fields.Integer(
        required=True,
        metadata={
            "description": "The member's newest notice: whatever is read from now on is at least "
            "as new, so a live connection that begins here misses nothing."
        },
    )
