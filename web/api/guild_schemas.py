"""Guilds as the API shows them: the list, members, requests, the channel, quests."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from game.rules.guilds import ACCESS, MAY, ROLES, TEMPLATES
from web.api.paging import page_query
from web.api.shapes import Id, Instant

LONGEST_NAME = 40
LONGEST_ABOUT = 500
LONGEST_TEXT = 2_000
LARGEST_NUMBER = 2**62
MOST_ENTRIES = 100
USUAL_ENTRIES = 50
SIGNS = r"^[^\x00-\x1f\x7f\u0080-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]*$"
"""No control signs, none that cannot be seen, none that turn the direction of what follows."""


class Words(fields.String):
    """A text of one line: what surrounds it is cut off, gaps within it become one space."""

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> Any:
        text = super()._deserialize(value, *args, **options)
        return " ".join(str(text).split())


class Lines(fields.String):
    """A text of several lines, without what surrounds it."""

    def _deserialize(self, value: Any, *args: Any, **options: Any) -> Any:
        return str(super()._deserialize(value, *args, **options)).strip()


PLAIN = validate.Regexp(SIGNS, error="Must hold no invisible signs.")


def _name(*, required: bool) -> fields.Field[Any]:
    rules = [validate.Length(2, LONGEST_NAME), PLAIN]
    return Words(required=required, validate=rules)


def _about() -> fields.Field[Any]:
    return Words(validate=[validate.Length(max=LONGEST_ABOUT), PLAIN])


class NewGuildSchema(Schema):
    """A guild to found."""

    name = _name(required=True)
    about = _about()
    access = fields.String(load_default="open", validate=validate.OneOf(ACCESS))


class GuildEditSchema(Schema):
    """What of a guild is to change; what is left out stays."""

    name = _name(required=False)
    about = _about()
    access = fields.String(validate=validate.OneOf(ACCESS))


class RoleSchema(Schema):
    """What somebody is to be in the guild; `leader` hands the lead over."""

    role = fields.String(required=True, validate=validate.OneOf(ROLES))


class InviteSchema(Schema):
    """Whom to invite: the user name of a member of the company."""

    username = Words(required=True, validate=validate.Length(1, 100))


class NewMessageSchema(Schema):
    """Something to say. The same `key` sent again is the same message."""

    text = Lines(required=True, validate=validate.Length(1, LONGEST_TEXT))
    key = fields.String(
        load_default="",
        validate=[
            validate.Length(max=40),
            validate.Regexp(r"^[A-Za-z0-9_-]*$", error="Must be letters, digits, - or _."),
        ],
        metadata={"description": "Your own name for it, unique among yours in this guild."},
    )


class ReportSchema(Schema):
    """Why a message should be looked at; may be empty."""

    reason = Words(load_default="", validate=validate.Length(max=200))


class GuildSchema(Schema):
    """A guild, and what its reader is and may do in it."""

    id = Id(required=True)
    name = fields.String(required=True)
    about = fields.String(required=True)
    access = fields.String(required=True, validate=validate.OneOf(ACCESS))
    members = fields.Integer(required=True)
    max_members = fields.Integer(required=True)
    xp = fields.Integer(
        required=True, metadata={"description": "Below zero where more was taken back."}
    )
    level = fields.Integer(required=True)
    level_xp = fields.Integer(required=True, metadata={"description": "XP within its level."})
    next_level_xp = fields.Integer(required=True, metadata={"description": "XP its level takes."})
    role = fields.String(
        required=True,
        validate=validate.OneOf(["", *ROLES]),
        metadata={"description": "Yours; empty = you are not in it."},
    )
    asked = fields.String(
        required=True,
        validate=validate.OneOf(["", "request", "invite"]),
        metadata={"description": "You asked, or were invited, and there is no answer yet."},
    )
    may = fields.List(fields.String(validate=validate.OneOf(list(MAY))), required=True)
    last_number = fields.Integer(
        required=True, metadata={"description": "Newest number of its channel `guild:<id>`."}
    )
    created_at = Instant(required=True)


class GuildMemberSchema(Schema):
    """Somebody in a guild, and what they brought to it."""

    member_id = Id(required=True)
    username = fields.String(required=True)
    avatar_url = fields.String(required=True, allow_none=True)
    character_class = fields.String(required=True, allow_none=True)
    level = fields.Integer(required=True)
    role = fields.String(required=True, validate=validate.OneOf(ROLES))
    xp = fields.Integer(required=True)
    joined_at = Instant(required=True)
    may_remove = fields.Boolean(required=True)


class GuildRequestSchema(Schema):
    """An open question: who asked to be let in, or was invited."""

    member_id = Id(required=True)
    username = fields.String(required=True)
    avatar_url = fields.String(required=True, allow_none=True)
    level = fields.Integer(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(["request", "invite"]))
    at = Instant(required=True)


class EntrySchema(Schema):
    """One entry of a guild's channel, as live frames bring it: a message, or a change.

    `what` of a change: joined, left, removed, role, edited, disbanded, deleted, dealt, moved,
    completed; `about` is a role, a name, a number or a template.
    """

    number = fields.Integer(required=True, attribute="entry.number")
    type = fields.String(
        required=True,
        attribute="entry.type",
        validate=validate.OneOf(["guild_message", "guild_changed"]),
    )
    member_id = Id(required=True, attribute="entry.member_id")
    username = fields.String(required=True, attribute="entry.username")
    text = fields.String(required=True, attribute="entry.text")
    deleted = fields.Boolean(required=True, attribute="entry.is_deleted")
    what = fields.String(required=True, attribute="entry.what")
    about = fields.String(required=True, attribute="entry.about")
    progress = fields.Integer(required=True, attribute="entry.progress")
    target = fields.Integer(required=True, attribute="entry.target")
    at = Instant(required=True, attribute="entry.at")
    reports = fields.Integer(required=True)
    may_delete = fields.Boolean(required=True)


class EntriesSchema(Schema):
    """A stretch of the channel in the order of its numbers, and how far the channel goes.

    `page.next` is the number to go on `after`, or, where none was given, `before`.
    """

    is_paged = True

    entries = fields.List(fields.Nested(EntrySchema), required=True)
    last_number = fields.Integer(required=True)


class GuildQuestSchema(Schema):
    """What a guild does together in one week. `mine`: what you did for it."""

    id = Id(required=True)
    template = fields.String(required=True, validate=validate.OneOf(TEMPLATES))
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    members = fields.Integer(required=True)
    target = fields.Integer(required=True)
    progress = fields.Integer(required=True)
    reward_xp = fields.Integer(required=True)
    mine = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["open", "completed", "missed"]))
    completed_at = Instant(required=True, allow_none=True)


class EntriesQuery(Schema):
    """Which part of the channel: behind a number, before one, or the newest."""

    after = fields.Integer(load_default=None, validate=validate.Range(0, LARGEST_NUMBER))
    before = fields.Integer(load_default=None, validate=validate.Range(1, LARGEST_NUMBER))
    limit = fields.Integer(load_default=USUAL_ENTRIES, validate=validate.Range(1, MOST_ENTRIES))

    @validates_schema
    def one_way(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse two directions at once."""
        if data.get("after") is not None and data.get("before") is not None:
            raise ValidationError("Either after or before.", "before")


GuildQuery = page_query(
    "number",
    "number",
    search=fields.String(
        load_default="",
        validate=validate.Length(max=LONGEST_NAME),
        metadata={"description": "Part of the name."},
    ),
    only=fields.String(
        load_default="",
        validate=validate.OneOf(["", "mine", "invited"]),
        metadata={"description": "`mine`: the one you are in; `invited`: those that want you."},
    ),
)
GuildMemberQuery = page_query("number", "moment", "number")
GuildRequestQuery = page_query("moment", "number")
GuildQuestQuery = page_query("moment")
