"""What operators see: queues, dead letters, jobs, audit."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from web.api.paging import page_query
from web.api.shapes import AskedInstant, Id, Instant


class InboxSchema(Schema):
    """Deliveries by how far they got."""

    spooled = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Still in Redis; null while Redis does not answer."},
    )
    waiting = fields.Integer(required=True)
    retrying = fields.Integer(required=True, metadata={"description": "Failed, comes again."})
    snoozed = fields.Integer(required=True, metadata={"description": "Waits for Whop's answer."})
    dead = fields.Integer(
        required=True, metadata={"description": "Open dead letters: these need a person."}
    )
    handled = fields.Integer(required=True)
    ignored = fields.Integer(required=True)


class AlertsSchema(Schema):
    """What no queue shows and somebody should look at; the runbook says how."""

    other_body = fields.Integer(
        required=True,
        metadata={"description": "Known ids that came again with another body, since ever."},
    )
    quarantined = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Spool entries nobody could read; null while Redis is away."},
    )


class QueuesSchema(Schema):
    """How full everything is."""

    inbox = fields.Nested(InboxSchema, required=True)
    alerts = fields.Nested(AlertsSchema, required=True)
    oldest_waiting_seconds = fields.Integer(required=True)
    queues = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(allow_none=True),
        required=True,
        metadata={"description": "Messages by queue; null while the broker does not answer."},
    )


class LetterSchema(Schema):
    """A delivery, or something a member did, that could not be settled."""

    id = Id(required=True)
    inbox_seq = Id(
        required=True,
        allow_none=True,
        metadata={"description": "The delivery; null where it is something a member did."},
    )
    fact_id = Id(
        required=True,
        allow_none=True,
        metadata={"description": "What the member did; null where it is a delivery."},
    )
    company_id = fields.String(required=True, allow_none=True)
    type = fields.String(required=True)
    error_group = fields.String(required=True)
    error = fields.String(required=True)
    attempts = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["open", "replayed", "discarded"]))
    actor = fields.String(required=True)
    note = fields.String(required=True)
    details = fields.Dict(required=True)
    died_at = Instant(required=True)
    closed_at = Instant(required=True, allow_none=True)


class ShownLetterSchema(LetterSchema):
    """A dead letter with its delivery; personal data in the body is masked."""

    webhook_id = fields.String(
        required=True, metadata={"description": "Empty where it is something a member did."}
    )
    received_at = Instant(required=True)
    body = fields.String(
        required=True, metadata={"description": "Empty where there is none to show."}
    )
    no_body = fields.String(
        required=True,
        metadata={"description": "Why `body` is empty: past its retention, or its key is gone."},
    )


class ReplaySchema(Schema):
    """Why it is sent through again; may be left out."""

    note = fields.String(load_default="", validate=validate.Length(max=500))


class DiscardSchema(Schema):
    """Why it is dropped for good."""

    reason = fields.String(
        required=True,
        validate=validate.Regexp(
            r"(?s)\s*\S.{0,499}$", error="Must say something, in 500 characters at most."
        ),
    )


class TickSchema(Schema):
    """One tick of a job; `finished_at` null = under way, or to be taken up again."""

    job = fields.String(required=True)
    scheduled_for = Instant(required=True)
    started_at = Instant(required=True)
    finished_at = Instant(required=True, allow_none=True)
    progress = fields.Dict(required=True)


class AuditSchema(Schema):
    """Who did what by hand."""

    id = Id(required=True)
    company_id = fields.String(required=True, allow_none=True)
    actor = fields.String(required=True)
    action = fields.String(required=True)
    subject = fields.String(required=True)
    details = fields.Dict(required=True)
    request_id = fields.String(required=True)
    at = Instant(required=True)


def _filter(words: str) -> fields.String:
    return fields.String(
        load_default="", validate=validate.Length(max=200), metadata={"description": words}
    )


def _moment(words: str) -> AskedInstant:
    return AskedInstant(load_default=None, metadata={"description": words})


LetterQuery = page_query(
    "number",
    state=fields.String(
        load_default="open", validate=validate.OneOf(["open", "replayed", "discarded", "all"])
    ),
    type=_filter("Only this type of event."),
    company=_filter("Only this company."),
    error_group=_filter("Only this kind of error."),
    since=_moment("Died at or after."),
    until=_moment("Died before."),
)
LastTickQuery = page_query("word")
TickQuery = page_query("moment")
AuditQuery = page_query("number", company=_filter("Only this company."))
