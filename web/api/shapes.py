"""Shapes that many answers share: moments, ids, money, balances."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields

LARGEST_ID = 2**63 - 1
_NUMBER = re.compile(r"[0-9]{1,19}")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060-\u2069\ufeff]")
"""Control characters but tab and new line, and those that turn or hide what stands beside them."""


def in_utc(moment: datetime) -> datetime:
    """Move a moment to UTC. Raises ValueError for one without a zone or outside the calendar."""
    if moment.tzinfo is None:
        raise ValueError(moment)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(moment) from error


class Instant(fields.DateTime):
    """A moment as ISO 8601 in UTC, `2026-11-22T12:00:00.000Z`."""

    def _serialize(self, value: datetime | None, *_: Any, **__: Any) -> str | None:
        if value is None:
            return None
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class AskedInstant(fields.AwareDateTime):
    """A moment in a request; one that does not exist in UTC is refused."""

    def _deserialize(self, *args: Any, **options: Any) -> datetime:
        moment: datetime = super()._deserialize(*args, **options)
        try:
            return in_utc(moment)
        except ValueError as error:
            raise self.make_error("invalid", input=moment, obj_type=self.OBJ_TYPE) from error


class Id(fields.String):
    """A number that names a row, as text: it may not fit into a float."""


class AskedId(fields.String):
    """The number of a row in a request, as text."""

    def _deserialize(self, *args: Any, **options: Any) -> Any:
        told = super()._deserialize(*args, **options)
        if not _NUMBER.fullmatch(told) or int(told) > LARGEST_ID:
            raise ValidationError("Not an id.")
        return int(told)


class Words(fields.String):
    """A line or a text that a person writes: without spaces around it or signs nobody sees."""

    def _deserialize(self, *args: Any, **options: Any) -> str:
        told: str = super()._deserialize(*args, **options)
        return _UNSEEN.sub("", told).strip()


class NothingSchema(Schema):
    """A body without fields: `{}`, or none at all."""


class MoneySchema(Schema):
    """An amount in whole minor units; `exponent` decimal places make it printable."""

    amount_minor = fields.Integer(required=True)
    currency = fields.String(required=True, metadata={"example": "usd"})
    exponent = fields.Integer(required=True, metadata={"example": 2})


class BalanceSchema(Schema):
    """A member's commission in one currency.

    earned = pending + held + payable + paid; payable is below zero while there is a debt.
    """

    currency = fields.String(required=True)
    exponent = fields.Integer(required=True)
    earned_minor = fields.Integer(required=True)
    pending_minor = fields.Integer(required=True)
    held_minor = fields.Integer(required=True)
    payable_minor = fields.Integer(required=True)
    paid_minor = fields.Integer(required=True)
