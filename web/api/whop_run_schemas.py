"""Runs over Whop's lists, as the API shows them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from game.rules.holes import PARTS
from web.api.paging import page_query
from web.api.shapes import AskedInstant, Id, Instant

STATES = ("asking", "settling", "done", "stopped", "undoing", "undone")


class WhopRunSchema(Schema):
    """One comparison with Whop's own lists: how far it is, what it found and filled."""

    id = Id(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(["reconcile", "import"]))
    state = fields.String(
        required=True,
        validate=validate.OneOf(STATES),
        metadata={"description": "`stopped`: Whop refuses, mostly for a missing permission."},
    )
    part = fields.String(
        required=True,
        validate=validate.OneOf(PARTS),
        metadata={"description": "The list that is read; they come in this order."},
    )
    since = Instant(required=True)
    until = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "Where an import ends: the installation."},
    )
    looked = fields.Integer(
        required=True, metadata={"description": "Payments, refunds and so on that were compared."}
    )
    holes = fields.Integer(
        required=True, metadata={"description": "Those that were missing here, or told otherwise."}
    )
    filled = fields.Integer(required=True, metadata={"description": "Holes settled since."})
    failed = fields.Integer(
        required=True, metadata={"description": "Holes that became dead letters."}
    )
    problem = fields.String(
        required=True,
        validate=validate.OneOf(["", "forbidden", "unreachable", "rate_limited"]),
        metadata={"description": "Why it stopped or waits; empty = nothing is wrong."},
    )
    asked_by = fields.String(
        required=True, metadata={"description": "Whop user id; empty = the night's own."}
    )
    next_at = Instant(required=True, metadata={"description": "When it goes on, while it is open."})
    started_at = Instant(required=True)
    finished_at = Instant(required=True, allow_none=True)


class CompanyWhopRunSchema(WhopRunSchema):
    """The same with its company, for operators."""

    company_id = fields.String(required=True)


class ReconcileSchema(Schema):
    """The newest comparison of the company, and whether one can be asked for."""

    can_ask = fields.Boolean(
        required=True, metadata={"description": "False without an API key of Whop's."}
    )
    run = fields.Nested(WhopRunSchema, required=True, allow_none=True)


class ImportSchema(ReconcileSchema):
    """The newest import, and whether it can be taken back."""

    installed_at = Instant(
        required=True, metadata={"description": "An import brings what was before this moment."}
    )
    can_undo = fields.Boolean(
        required=True, metadata={"description": "False once somebody was paid out since it began."}
    )
    withdrawn = fields.Integer(
        required=True, metadata={"description": "Of its holes, those an undo has taken back."}
    )


class ReconcileAskedSchema(Schema):
    """From when on to compare; left out, the last seven days."""

    since = AskedInstant(load_default=None)


class ImportAskedSchema(Schema):
    """From when on to bring in history."""

    since = AskedInstant(required=True)


RunQuery = page_query("number")
