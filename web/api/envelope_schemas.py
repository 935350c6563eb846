"""The envelope as the OpenAPI document shows it; `web.envelope` builds it."""

from __future__ import annotations

from marshmallow import Schema, fields, validate


class MetaSchema(Schema):
    """Which request was answered, when, by which version."""

    request_id = fields.String(required=True)
    timestamp = fields.DateTime(required=True)
    version = fields.String(required=True)


class ErrorSchema(Schema):
    """What went wrong. Programs read `code`, people `message`."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    details = fields.Dict(required=True)


class PageSchema(Schema):
    """Where a list goes on: send `next` as `?after=`."""

    next = fields.String(required=True, allow_none=True)
    has_next = fields.Boolean(required=True)
    limit = fields.Integer(required=True)


class AnswerSchema(Schema):
    """What every successful answer has around its data."""

    success = fields.Boolean(required=True, validate=validate.Equal(True))
    error = fields.Raw(required=True, allow_none=True, metadata={"description": "Always null."})
    meta = fields.Nested(MetaSchema, required=True)


class FailureSchema(Schema):
    """An answer that refuses or failed."""

    success = fields.Boolean(required=True, validate=validate.Equal(False))
    data = fields.Raw(required=True, allow_none=True, metadata={"description": "Always null."})
    error = fields.Nested(ErrorSchema, required=True)
    meta = fields.Nested(MetaSchema, required=True)
