"""The reward pool as the API takes and shows it."""

from __future__ import annotations

from marshmallow import Schema, ValidationError, fields, validate, validates

from web.api.shapes import Id, Instant, MoneySchema

LARGEST = 10**12


class FundsSchema(Schema):
    """Funds for the pool, in whole minor units; below zero they go back."""

    amount_minor = fields.Integer(
        required=True, strict=True, validate=validate.Range(-LARGEST, LARGEST)
    )
    currency = fields.String(
        required=True, validate=validate.Length(3, 8), metadata={"example": "usd"}
    )
    note = fields.String(load_default="", validate=validate.Length(0, 500))

    @validates("amount_minor")
    def refuse_nothing(self, value: int, **_: object) -> None:
        if not value:
            raise ValidationError("Must not be 0.")


class PoolSchema(Schema):
    """A pool in one currency."""

    free = fields.Nested(MoneySchema, required=True)
    reserved = fields.Nested(MoneySchema, required=True)
    prizes = fields.Nested(MoneySchema, required=True, metadata={"description": "Won so far."})


class ReserveSchema(Schema):
    """What is still reserved for one prize."""

    purpose = fields.String(required=True, metadata={"example": "quest:12"})
    left = fields.Nested(MoneySchema, required=True)


class PoolMovementSchema(Schema):
    """One movement of the pool."""

    id = Id(required=True)
    debit = fields.String(required=True)
    credit = fields.String(required=True)
    amount = fields.Nested(MoneySchema, required=True)
    purpose = fields.String(required=True)
    member_id = Id(required=True, allow_none=True)
    note = fields.String(required=True)
    at = Instant(required=True)
    actor = fields.String(required=True)


class PoolsSchema(Schema):
    """The pools of a company, its reserves, and the newest 50 movements."""

    balances = fields.List(fields.Nested(PoolSchema), required=True)
    reserves = fields.List(fields.Nested(ReserveSchema), required=True)
    movements = fields.List(fields.Nested(PoolMovementSchema), required=True)
