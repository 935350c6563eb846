"""A company as the API shows it."""

from __future__ import annotations

from marshmallow import Schema, fields


class CompanySchema(Schema):
    """A company; days and weeks begin at midnight of its time zone."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    time_zone = fields.String(required=True, metadata={"example": "Europe/Berlin"})
