"""What creators write: requirements, schedules, audiences, perks."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from game.rules.creation_reading import HIGHEST_LEVEL, LONGEST_TEXT, LONGEST_TITLE, MOST_XP
from game.rules.creations import EVERY, STATES
from game.services.creations.perks import KINDS
from web.api.paging import page_query
from web.api.shapes import Id, Instant

LONGEST_CONTENT = 1_000
REQUIREMENT = (
    'One metric, `{"metric": "clicks", "comparison": "at_least", "value": 5}`, or several: '
    '`{"all": [...]}`, `{"any": [...]}`, three deep and eight metrics at most.'
)


class ScheduleSchema(Schema):
    """From the first day to the last, inclusive, as the company names its days."""

    every = fields.String(
        required=True,
        validate=validate.OneOf(list(EVERY)),
        metadata={"description": "`once`, or again in each day, week or month."},
    )
    first_day = fields.String(required=True, metadata={"example": "2026-12-01"})
    last_day = fields.String(required=True, allow_none=True, metadata={"example": "2026-12-24"})


class AudienceSchema(Schema):
    """Who is given a quest; no classes = all of them. Levels are the highest ever reached."""

    classes = fields.List(fields.String(), load_default=list, validate=validate.Length(max=50))
    level_from = fields.Integer(load_default=1)
    level_to = fields.Integer(load_default=None, allow_none=True)


def _words(longest: int) -> fields.String:
    return fields.String(validate=validate.Length(1, longest))


def _of_quest() -> dict[str, fields.Field]:  # type: ignore[type-arg]
    return {
        "title": _words(LONGEST_TITLE),
        "description": _words(LONGEST_TEXT),
        "requirement": fields.Dict(metadata={"description": REQUIREMENT}),
        "reward_xp": fields.Integer(validate=validate.Range(0, MOST_XP), strict=True),
        "schedule": fields.Nested(ScheduleSchema),
        "audience": fields.Nested(AudienceSchema),
        "state": fields.String(validate=validate.OneOf(STATES)),
    }


def _of_achievement() -> dict[str, fields.Field]:  # type: ignore[type-arg]
    found = _of_quest()
    del found["schedule"], found["audience"]
    return {**found, "hidden": fields.Boolean()}


def _all_but(found: dict[str, fields.Field], *optional: str) -> dict[str, fields.Field]:  # type: ignore[type-arg]
    for name, field in found.items():
        field.required = name not in optional
    found["state"] = fields.String(validate=validate.OneOf(["draft", "published"]))
    return found


NewQuest = Schema.from_dict(_all_but(_of_quest(), "audience", "state"), name="NewQuestSchema")
QuestChanges = Schema.from_dict(_of_quest(), name="QuestChangesSchema")
NewAchievement = Schema.from_dict(
    _all_but(_of_achievement(), "hidden", "state"), name="NewAchievementSchema"
)
AchievementChanges = Schema.from_dict(_of_achievement(), name="AchievementChangesSchema")


class CreationSchema(Schema):
    """A quest or achievement of a creator, in its newest version.

    `dealt` of `members` have been looked at for it. `given`, `completed` and `claimed` count
    quests over all versions; of an achievement, the members who had it when last counted.
    """

    id = Id(required=True)
    key = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    document = fields.Dict(required=True)
    words = fields.String(required=True)
    changed_at = Instant(required=True)
    given = fields.Integer(required=True)
    completed = fields.Integer(required=True)
    claimed = fields.Integer(required=True)
    dealt = fields.Integer(required=True, allow_none=True)
    members = fields.Integer(required=True, allow_none=True)
    dealt_at = Instant(required=True, allow_none=True)


class MetricSchema(Schema):
    """What a requirement can be about. `kind`: of special quests, or of achievements."""

    metric = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(["quest", "achievement"]))
    unit = fields.String(required=True, validate=validate.OneOf(["count", "usd_cents"]))
    words = fields.String(required=True)


class MetricsSchema(Schema):
    """Every metric this build records."""

    metrics = fields.List(fields.Nested(MetricSchema), required=True)


class CreatedSchema(Schema):
    """What a new quest or achievement is known by from now on."""

    id = Id(required=True)


CreationQuery = page_query("number")


class NewPerkSchema(Schema):
    """What to give to those who reached a level."""

    level = fields.Integer(required=True, validate=validate.Range(2, HIGHEST_LEVEL), strict=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    title = fields.String(required=True, validate=validate.Length(1, LONGEST_TITLE))
    content = fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_CONTENT),
        metadata={"description": "The text, an https link, the code, or the role to ask for."},
    )


class PerkSchema(NewPerkSchema):
    """A perk of a level that was reached."""

    id = Id(required=True)
    created_at = Instant(required=True)


PerkQuery = page_query("number", "number")
