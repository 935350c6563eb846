"""Boards and leagues as the API shows them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, pre_dump, validate

from game.rules.boards import CATEGORIES
from game.rules.leagues import TIERS
from game.services.boards.history import ClosedView, Proof
from web.api.paging import page_query
from web.api.shapes import AskedInstant, Id, Instant

TYPES = ("global", "class", "guild", "weekly", "monthly")
WINDOWS = ("all", "weekly", "last_week", "monthly", "last_month")
LONGEST_CLASS = 60


def _category(**options: Any) -> fields.String:
    return fields.String(validate=validate.OneOf(CATEGORIES), **options)


def _window() -> fields.String:
    words = "weekly and monthly: `last_week`, `last_month` for the one before."
    return fields.String(
        load_default="",
        validate=validate.OneOf(["", *WINDOWS]),
        metadata={"description": f"Which window of a board; {words}"},
    )


def _class_name() -> fields.String:
    return fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST_CLASS),
        metadata={"description": "With `type=class`: which class."},
    )


def _type() -> fields.String:
    return fields.String(load_default="global", validate=validate.OneOf(TYPES))


PLACE = "The place behind which the page begins."
BoardQuery = page_query(
    "number",
    type=_type(),
    category=_category(load_default="xp"),
    window=_window(),
    **{"class": _class_name()},
)
CategoryQuery = page_query("number", category=_category(load_default="xp"))
HistoryQuery = page_query("number")
ClosedQuery = page_query("number")


class MyPlaceQuery(Schema):
    """Which board, and since when to say why the place moved."""

    type = _type()
    category = _category(load_default="xp")
    window = _window()
    class_ = fields.String(
        data_key="class", load_default="", validate=validate.Length(max=LONGEST_CLASS)
    )
    since = AskedInstant(
        load_default=None, metadata={"description": "Tell also why you moved since then."}
    )


class BoardHeadSchema(Schema):
    """Which board this is. `closed`: its ranks are final; `members`: how many have a place."""

    type = fields.String(required=True, validate=validate.OneOf(TYPES))
    category = _category(required=True)
    window = fields.String(required=True, validate=validate.OneOf(WINDOWS))
    character_class = fields.String(required=True, allow_none=True)
    starts_at = Instant(required=True, allow_none=True)
    ends_at = Instant(required=True, allow_none=True)
    closes_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "Until then late facts still count."},
    )
    closed = fields.Boolean(required=True)
    members = fields.Integer(required=True)


class PlaceSchema(Schema):
    """One row of a board. Ranks are shared by ties (1, 2, 2, 4); positions are not.

    `value` is XP, referrals, US cents or a level, and null where it is not shown to you. An
    anonymous member has no name here. `position` null = no place; such members share one rank.
    """

    rank = fields.Integer(required=True)
    position = fields.Integer(required=True, allow_none=True)
    member_id = Id(required=True, allow_none=True)
    username = fields.String(required=True)
    avatar_url = fields.String(required=True, allow_none=True)
    character_class = fields.String(required=True, allow_none=True)
    level = fields.Integer(required=True)
    prestige_level = fields.Integer(required=True)
    value = fields.Integer(required=True, allow_none=True)
    anonymous = fields.Boolean(required=True)
    is_me = fields.Boolean(required=True)


class BoardSchema(Schema):
    """A page of a board, and your own row whatever the page."""

    is_paged = True
    board = fields.Nested(BoardHeadSchema, required=True)
    me = fields.Nested(PlaceSchema, required=True)
    entries = fields.List(fields.Nested(PlaceSchema), required=True)


class GapSchema(Schema):
    """How far it is to the next better rank; `value` null = not shown, or a prestige away."""

    rank = fields.Integer(required=True)
    value = fields.Integer(required=True, allow_none=True)


class BoardFactSchema(Schema):
    """One thing that moved your value."""

    kind = fields.String(required=True)
    title = fields.String(required=True)
    amount = fields.Integer(required=True)
    at = Instant(required=True)


class PassedSchema(Schema):
    """Somebody who changed places with you, and what they gained since."""

    place = fields.Nested(PlaceSchema, required=True)
    gained = fields.Integer(required=True, allow_none=True)


class MovedSchema(Schema):
    """Why you moved. `complete` false: somebody further away may have passed you as well."""

    since = Instant(required=True)
    gained = fields.Integer(required=True)
    facts = fields.List(fields.Nested(BoardFactSchema), required=True)
    passed_me = fields.List(fields.Nested(PassedSchema), required=True)
    i_passed = fields.List(fields.Nested(PassedSchema), required=True)
    complete = fields.Boolean(required=True)


class MyPlaceSchema(Schema):
    """Your place, those about it, and the gap to the next; `gap` null = nobody is ahead."""

    board = fields.Nested(BoardHeadSchema, required=True)
    me = fields.Nested(PlaceSchema, required=True)
    neighbours = fields.List(fields.Nested(PlaceSchema), required=True)
    gap = fields.Nested(GapSchema, required=True, allow_none=True)
    moved = fields.Nested(MovedSchema, required=True, allow_none=True)


class ClosedBoardSchema(Schema):
    """A closed board: its hash, that of the one before it, and your place (null = none)."""

    id = Id(required=True)
    type = fields.String(required=True, validate=validate.OneOf(["weekly", "monthly"]))
    category = _category(required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    closed_at = Instant(required=True)
    members = fields.Integer(required=True)
    hash = fields.String(required=True)
    previous_hash = fields.String(required=True)
    rank = fields.Integer(required=True, allow_none=True)
    value = fields.Integer(required=True, allow_none=True)

    @pre_dump
    def put_side_by_side(self, view: ClosedView, **_: Any) -> dict[str, Any]:
        one = view.closed
        return {
            "id": one.number,
            "type": one.window,
            "category": one.category,
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            "closed_at": one.closed_at,
            "members": one.members,
            "hash": one.hash,
            "previous_hash": one.previous,
            "rank": view.rank,
            "value": view.value,
        }


class StepSchema(Schema):
    """What a hash is joined with, and on which side of it that stands."""

    side = fields.String(required=True, validate=validate.OneOf(["left", "right"]))
    hash = fields.String(required=True)


class ProofSchema(Schema):
    """The proof of your place: SHA-256 of `entry` is `leaf`, `path` leads to the root in `record`.

    SHA-256 of `record` is `hash`, which the next closed board names. Texts are hashed as they
    stand, in UTF-8.
    """

    entry = fields.String(required=True)
    leaf = fields.String(required=True)
    path = fields.List(fields.Nested(StepSchema), required=True)
    root = fields.String(required=True)
    record = fields.String(required=True)
    hash = fields.String(required=True)
    previous_hash = fields.String(required=True)
    next_hash = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "That of the board closed after it; null = none was yet."},
    )

    @pre_dump
    def name_the_one_before(self, proof: Proof, **_: Any) -> dict[str, Any]:
        names = ("entry", "leaf", "path", "root", "record", "hash", "next_hash")
        return {name: getattr(proof, name) for name in names} | {"previous_hash": proof.previous}


class LeagueRowSchema(Schema):
    """One member of your group. `step`: where they would go if the week ended now."""

    place = fields.Nested(PlaceSchema, required=True)
    step = fields.Integer(required=True)


class LastWeekSchema(Schema):
    """What your last league week came to. `step` 1 = a tier up, -1 = one down."""

    starts_at = Instant(required=True)
    tier = fields.String(required=True, validate=validate.OneOf(TIERS))
    rank = fields.Integer(required=True)
    xp = fields.Integer(required=True)
    step = fields.Integer(required=True)


class LeagueSchema(Schema):
    """Your league group of this week. `in_force` false: too few play for leagues.

    `tier` null: you have no seat yet; your first XP of the week gives you one.
    """

    in_force = fields.Boolean(required=True)
    tier = fields.String(required=True, allow_none=True, validate=validate.OneOf(TIERS))
    tiers = fields.List(fields.String(), required=True)
    group = fields.Integer(required=True, allow_none=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    rising = fields.Integer(required=True)
    falling = fields.Integer(required=True)
    rows = fields.List(fields.Nested(LeagueRowSchema), required=True)
    last = fields.Nested(LastWeekSchema, required=True, allow_none=True)
