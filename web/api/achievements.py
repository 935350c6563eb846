"""Achievements: all there are, how far you are, what you have."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import g

from game.services.achievements.reads import AchievementView, read_achievements
from game.services.platform.keyset import Page
from models.session import MEMBER, transaction
from web.api.achievement_schemas import AchievementQuery, AchievementSchema
from web.api.blueprint import ApiBlueprint
from web.api.paging import show
from web.auth import require

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
        everything = read_achievements(tx, caller.company_id, caller.member_id, datetime.now(UTC))
    begin = max(query["after"][0], 0) if query["after"] else 0
    end = begin + limit
    next_key = (end,) if end < len(everything) else None
    return show(Page(everything[begin:end], next_key), limit)
