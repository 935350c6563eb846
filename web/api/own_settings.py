"""What members set about themselves."""

from __future__ import annotations

from typing import Any

from flask import g
from marshmallow import Schema, fields, validate

from game.services.members.own_settings import OwnSettings, change_settings, read_settings
from game.services.notices.kinds import KINDS
from models.session import MEMBER, transaction
from web.api.blueprint import ApiBlueprint
from web.auth import require

own_settings = ApiBlueprint(
    "settings", __name__, url_prefix="/api/v1/users/me", description="Your own settings."
)


class ChangeSchema(Schema):
    """What is named is set, the rest stays."""

    notices = fields.Dict(
        keys=fields.String(validate=validate.OneOf(tuple(KINDS))),
        values=fields.Boolean(truthy={True}, falsy={False}),
        load_default=dict,
        metadata={"description": "By kind of notice: whether it pops up."},
    )
    anonymous = fields.Boolean(
        truthy={True},
        falsy={False},
        load_default=None,
        metadata={"description": "Whether other members do not see who you are."},
    )


class OwnSettingsSchema(Schema):
    """Your settings. A kind of notice that is off still stands in the list."""

    notices = fields.Dict(
        keys=fields.String(),
        values=fields.Boolean(),
        required=True,
        metadata={"description": "By kind of notice: whether it pops up."},
    )
    anonymous = fields.Boolean(required=True)


@own_settings.get("/settings")
@require("member")
@own_settings.response(200, OwnSettingsSchema)
def my_settings() -> dict[str, Any]:
    """What pops up, and whether others see who you are."""
    with transaction(MEMBER, g.caller.company_id) as tx:
        return _shown(read_settings(tx, g.caller.company_id, g.caller.member_id))


@own_settings.patch("/settings")
@require("member")
@own_settings.arguments(ChangeSchema)
@own_settings.response(200, OwnSettingsSchema)
def change(body: dict[str, Any]) -> dict[str, Any]:
    """Set what is named and leave the rest."""
    caller = g.caller
    return _shown(
        change_settings(
            caller.company_id, caller.member_id, body["notices"], anonymous=body["anonymous"]
        )
    )


def _shown(found: OwnSettings) -> dict[str, Any]:
    return {
        "notices": {kind: kind not in found.silent_kinds for kind in KINDS},
        "anonymous": found.anonymous,
    }
