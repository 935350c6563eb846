"""Notices as the API shows them, and the ticket to the live connection."""

from __future__ import annotations

from marshmallow import Schema, ValidationError, fields, validate

from web.api.paging import page_query
from web.api.shapes import Id, Instant

LARGEST_NUMBER = 2**63 - 1
MOST = 100
USUAL = 50


def not_blank(words: str) -> None:
    """Refuse words that say nothing."""
    if not words.strip():
        raise ValidationError("Must say something.")


class NoticesQuery(Schema):
    """Which part of the numbered list."""

    after = fields.Integer(
        load_default=0,
        validate=validate.Range(0, LARGEST_NUMBER),
        metadata={"description": "The last number you have; 0 = none."},
    )
    before = fields.Integer(
        load_default=None,
        validate=validate.Range(1, LARGEST_NUMBER),
        metadata={"description": "Instead: those below this number, newest first."},
    )
    limit = fields.Integer(
        load_default=USUAL,
        validate=validate.Range(1, MOST),
        metadata={"description": f"How many at most, up to {MOST}."},
    )
    epoch = fields.String(
        load_default="",
        validate=validate.Length(max=64),
        metadata={"description": "The epoch your numbers are from, as an earlier answer named it."},
    )


class NoticeSchema(Schema):
    """One thing the member was told. Numbers count 1, 2, 3 … per member, without holes."""

    id = fields.Integer(required=True)
    type = fields.String(required=True, metadata={"example": "level_up"})
    data = fields.Dict(required=True)
    at = fields.String(required=True, metadata={"format": "date-time"})


class NoticesSchema(Schema):
    """A page of the list, and how far it goes.

    `complete` false: the numbers do not continue yours (a restored backup, or too old): fetch your
    state again and go on from `last_id`.
    """

    is_paged = True

    notices = fields.List(fields.Nested(NoticeSchema), required=True)
    last_id = fields.Integer(required=True)
    epoch = fields.String(required=True)
    complete = fields.Boolean(required=True)
    read_up_to = fields.Integer(required=True)


class AnnouncementSchema(Schema):
    """Words to all members: of your company, or as an operator of every company."""

    severity = fields.String(required=True, validate=validate.OneOf(["info", "warning", "error"]))
    title = fields.String(required=True, validate=[validate.Length(1, 80), not_blank])
    text = fields.String(required=True, validate=[validate.Length(1, 500), not_blank])
    to = fields.String(
        load_default="company",
        validate=validate.OneOf(["company", "all"]),
        metadata={"description": "`all`: every company; for operators."},
    )


class AnnouncedSchema(Schema):
    """That it was taken. Large companies hear of it within minutes."""

    to = fields.String(required=True)


class ShownAnnouncementSchema(Schema):
    """What was announced to your company, and how many members have been told so far."""

    id = Id(required=True)
    severity = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)
    by_operator = fields.Boolean(required=True)
    created_at = Instant(required=True)
    told = fields.Integer(required=True)
    is_done = fields.Boolean(required=True)


AnnouncementsQuery = page_query("number")


class ReadSchema(Schema):
    """Everything up to this number has been read."""

    up_to = fields.Integer(required=True, strict=True, validate=validate.Range(0, LARGEST_NUMBER))


class ReadUpToSchema(Schema):
    """What counts as read now."""

    read_up_to = fields.Integer(required=True)


class TicketSchema(Schema):
    """Opens one live connection, once: `{url}?ticket={ticket}&after={last number you have}`."""

    ticket = fields.String(required=True)
    url = fields.String(required=True, metadata={"description": "The websocket."})
    sse_url = fields.String(required=True, metadata={"description": "Server-sent events."})
    expires_at = Instant(required=True)
    last_id = fields.Integer(
        required=True, metadata={"description": "Your newest number; begin here on a fresh page."}
    )
