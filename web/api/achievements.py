"""Achievements: all there are, how far you are, what you have."""

from __future__ import annotations

from typing import Any

from flask import g

from game.services.achievements.reads import AchievementView, read_achievements
from game.services.creations.acts import Author, change, make
from game.services.creations.reads import CreationView, read_creations
from game.services.platform.keyset import Page
from models import clock
from models.session import MEMBER, transaction
from web.api.achievement_schemas import AchievementQuery, AchievementSchema
from web.api.blueprint import ApiBlueprint, refuses
from web.api.creation_schemas import (
    AchievementChanges,
    CreatedSchema,
    CreationQuery,
    CreationSchema,
    NewAchievement,
)
from web.api.paging import show
from web.auth import require
from web.rate_limits import limiter

achievements = ApiBlueprint(
    "achievements", __name__, url_prefix="/api/v1/achievements", description="Badges."
)


@achievements.get("")
@require("member")
@achievements.arguments(AchievementQuery, location="query")
@achievements.response(200, AchievementSchema(many=True))
def my_achievements(query: dict[str, Any]) -> list[AchievementView]:
    """Every achievement in the order of the rules, with your progress."""
    caller, limit = g.caller, query["limit"]
    with transaction(MEMBER, caller.company_id) as tx:
        everything = read_achievements(tx, caller.company_id, caller.member_id, clock.now())
    begin = max(query["after"][0], 0) if query["after"] else 0
    end = begin + limit
    next_key = (end,) if end < len(everything) else None
    return show(Page(everything[begin:end], next_key), limit)


@achievements.get("/made")
@require("moderator")
@achievements.arguments(CreationQuery, location="query")
@achievements.response(200, CreationSchema(many=True))
def made(query: dict[str, Any]) -> list[CreationView]:
    """The achievements your team made, newest first, and how far giving them out is."""
    with transaction(MEMBER, g.caller.company_id) as tx:
        page = read_creations(
            tx, g.caller.company_id, "achievement", query["after"], query["limit"]
        )
    return show(page, query["limit"])


@achievements.post("")
@require("moderator")
@refuses("too_many_creations", "rate_limited")
@limiter.limit("60 per minute")
@achievements.arguments(NewAchievement)
@achievements.response(200, CreatedSchema)
def new_achievement(body: dict[str, Any]) -> dict[str, Any]:
    """Make an achievement; a `draft` unless `state` says `published`.

    Members who meet it already unlock it within minutes.
    """
    state = body.pop("state", "draft")
    body.setdefault("hidden", False)
    return {"id": make(_author(), "achievement", body, state, clock.now())}


@achievements.patch("/<int(max=9223372036854775807):achievement_id>")
@require("moderator")
@refuses("not_found", "creation_ended", "creation_published", "rate_limited")
@limiter.limit("60 per minute")
@achievements.arguments(AchievementChanges)
@achievements.response(200, CreatedSchema)
def change_achievement(body: dict[str, Any], achievement_id: int) -> dict[str, Any]:
    """Change, publish or end an achievement. Who has it keeps it as it was unlocked."""
    state = body.pop("state", None)
    change(_author(), "achievement", achievement_id, body, state, clock.now())
    return {"id": achievement_id}


def _author() -> Author:
    return Author(g.caller.company_id, g.caller.whop_user_id)
