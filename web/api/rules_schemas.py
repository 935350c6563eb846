"""Rules, drafts and previews as the API shows them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from web.api.shapes import AskedInstant, Id, Instant, MoneySchema

MOST_DAYS = 366


class AbilitySchema(Schema):
    """A class's extra XP, and when it counts."""

    name = fields.String(required=True)
    bonus_bp = fields.Integer(required=True)
    description = fields.String(required=True)


class ClassSchema(Schema):
    """What a class is worth; 10,000 basis points are the usual amount."""

    key = fields.String(required=True)
    title = fields.String(required=True)
    xp_bp = fields.Integer(required=True)
    commission_bp = fields.Integer(required=True)
    ability = fields.Nested(AbilitySchema, required=True, allow_none=True)


class VersionSchema(Schema):
    """A version of the rules. `valid_from` null = from the very beginning."""

    version = fields.Integer(required=True)
    valid_from = Instant(required=True, allow_none=True)


class PrestigeRulesSchema(Schema):
    """From which level a run may begin anew, how often, and what each adds to XP."""

    from_level = fields.Integer(required=True)
    times = fields.Integer(required=True)
    bonus_bp = fields.Integer(required=True)


class RulesSchema(Schema):
    """The present rules as far as members choose by them; for creators also the newest whole.

    `document` and `newest` are null for everybody else. A draft is a changed copy of `document`.
    """

    version = fields.Integer(required=True)
    class_change_days = fields.Integer(required=True)
    commission_rate_bp = fields.Integer(required=True)
    hold_days = fields.Integer(required=True)
    prestige = fields.Nested(PrestigeRulesSchema, required=True)
    classes = fields.List(fields.Nested(ClassSchema), required=True)
    newest = fields.Nested(VersionSchema, required=True, allow_none=True)
    document = fields.Dict(keys=fields.String(), required=True, allow_none=True)


class PublishSchema(Schema):
    """A draft to publish. `based_on`: the version it was copied from. `valid_from` null = soon."""

    document = fields.Dict(keys=fields.String(), required=True)
    based_on = fields.Integer(required=True, strict=True)
    valid_from = AskedInstant(load_default=None, allow_none=True)


class PublishedSchema(Schema):
    """A version that was published, and from when it holds."""

    version = fields.Integer(required=True)
    valid_from = Instant(required=True)


class AskedPreviewSchema(Schema):
    """A draft to try on the last `days` days, today included."""

    document = fields.Dict(keys=fields.String(), required=True)
    days = fields.Integer(load_default=30, strict=True, validate=validate.Range(1, MOST_DAYS))


class PreviewIdSchema(Schema):
    """The preview to look for."""

    id = Id(required=True)


class PairSchema(Schema):
    """A figure by the rules as they were, and by the draft."""

    now = fields.Integer(required=True)
    then = fields.Integer(required=True)


class MoneyPairSchema(Schema):
    """Commission of one currency both ways."""

    now = fields.Nested(MoneySchema, required=True)
    then = fields.Nested(MoneySchema, required=True)


class SidesSchema(Schema):
    """How many members would have more, less, or the same; money decides before XP."""

    gain = fields.Integer(required=True)
    lose = fields.Integer(required=True)
    same = fields.Integer(required=True)


class QuestRateSchema(Schema):
    """How many of a template's quests were finished, in basis points of those given."""

    template = fields.String(required=True)
    title = fields.String(required=True)
    given = fields.Integer(required=True)
    done_bp = fields.Nested(PairSchema, required=True)


class ClassShareSchema(Schema):
    """What payments brought to those who played a class; `novice` = none chosen."""

    character_class = fields.String(required=True)
    xp = fields.Nested(PairSchema, required=True)
    usd_cents = fields.Nested(PairSchema, required=True)


class ChangedMemberSchema(Schema):
    """What changes for one member."""

    member_id = Id(required=True)
    username = fields.String(required=True)
    avatar_url = fields.String(required=True)
    xp = fields.Nested(PairSchema, required=True)
    usd_cents = fields.Nested(PairSchema, required=True)
    level = fields.Nested(PairSchema, required=True)


class WarningSchema(Schema):
    """What to look at twice. `of`: a currency, class or quest template; `percent`: how much."""

    code = fields.String(required=True)
    of = fields.String(required=True)
    percent = fields.Integer(required=True)


class PreviewResultSchema(Schema):
    """What a draft would have changed."""

    payments = fields.Integer(required=True)
    members = fields.Nested(SidesSchema, required=True)
    commission = fields.List(fields.Nested(MoneyPairSchema), required=True)
    usd_cents = fields.Nested(PairSchema, required=True)
    xp = fields.Nested(PairSchema, required=True)
    level_average_hundredths = fields.Nested(PairSchema, required=True)
    quests = fields.List(fields.Nested(QuestRateSchema), required=True)
    classes = fields.List(fields.Nested(ClassShareSchema), required=True)
    most_gained = fields.List(fields.Nested(ChangedMemberSchema), required=True)
    most_lost = fields.List(fields.Nested(ChangedMemberSchema), required=True)
    warnings = fields.List(fields.Nested(WarningSchema), required=True)


class PreviewSchema(Schema):
    """A preview: `running` (`done` of `total` buyers and members), `done`, or `failed`."""

    id = Id(required=True)
    state = fields.String(required=True, validate=validate.OneOf(("running", "done", "failed")))
    days = fields.Integer(required=True)
    since = Instant(required=True)
    until = Instant(required=True)
    done = fields.Integer(required=True)
    total = fields.Integer(required=True)
    created_at = Instant(required=True)
    finished_at = Instant(required=True, allow_none=True)
    result = fields.Nested(PreviewResultSchema, required=True, allow_none=True)
