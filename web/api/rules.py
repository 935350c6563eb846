"""The rules: what holds now, a draft tried on real facts, and a new version from a moment on."""

from __future__ import annotations

from typing import Any

from flask import g

from game.services.previews import asking
from game.services.previews.asking import PreviewView
from game.services.rulesets import publishing
from game.services.rulesets.reads import RulesView, read_rules
from models import clock
from models.session import MEMBER, transaction
from web.api.blueprint import ApiBlueprint, refuses
from web.api.rules_schemas import (
    AskedPreviewSchema,
    PreviewIdSchema,
    PreviewSchema,
    PublishedSchema,
    PublishSchema,
    RulesSchema,
)
from web.auth import require

rules = ApiBlueprint(
    "rules", __name__, url_prefix="/api/v1", description="What everything is worth, by version."
)
PREVIEW = "/rules/previews/<int(max=9223372036854775807):preview_id>"


@rules.get("/rules")
@require("member")
@rules.response(200, RulesSchema)
def my_rules() -> RulesView:
    """What the classes are worth now. Creators also see the newest version whole, to change it."""
    is_creator = g.caller.company_role == "creator"
    with transaction(MEMBER, g.caller.company_id) as tx:
        return read_rules(tx, g.caller.company_id, clock.now(), whole=is_creator)


@rules.post("/rules")
@require("creator")
@refuses("invalid_rules", "rules_changed", "too_early")
@rules.arguments(PublishSchema)
@rules.response(200, PublishedSchema)
def publish(body: dict[str, Any]) -> dict[str, Any]:
    """Publish a version from a moment on. What was earned before stays as it is."""
    version, valid_from = publishing.publish(
        g.caller.company_id,
        body["document"],
        body["based_on"],
        body["valid_from"],
        g.caller.whop_user_id,
        clock.now(),
    )
    return {"version": version, "valid_from": valid_from}


@rules.post("/rules/preview")
@require("creator")
@refuses("invalid_rules", "preview_running")
@rules.arguments(AskedPreviewSchema)
@rules.response(200, PreviewIdSchema)
def preview(body: dict[str, Any]) -> dict[str, Any]:
    """Try a draft on the payments, lessons and quests of the last days; nothing is posted."""
    asked = asking.ask(
        g.caller.company_id, body["document"], body["days"], g.caller.whop_user_id, clock.now()
    )
    return {"id": asked}


@rules.get(PREVIEW)
@require("creator")
@refuses("not_found")
@rules.response(200, PreviewSchema)
def look(preview_id: int) -> PreviewView:
    """How far a preview is; its result once it is done."""
    with transaction(MEMBER, g.caller.company_id) as tx:
        return asking.read(tx, g.caller.company_id, preview_id)
