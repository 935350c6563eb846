"""Quests: those open now, and claiming the reward of a finished one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import g

from game.services.members.profile import read_member
from game.services.progress import acts
from game.services.quests.reads import QuestView, read_quest, read_quests
from models.session import MEMBER, transaction
from web.api.blueprint import ApiBlueprint, refuses
from web.api.paging import show
from web.api.quest_schemas import ClaimSchema, QuestQuery, QuestSchema
from web.api.shapes import NothingSchema
from web.auth import require

quests = ApiBlueprint(
    "quests", __name__, url_prefix="/api/v1/quests", description="Quests and their rewards."
)
QUEST = "/<int(max=9223372036854775807):quest_id>"


@quests.get("")
@require("member")
@quests.arguments(QuestQuery, location="query")
@quests.response(200, QuestSchema(many=True))
def my_quests(query: dict[str, Any]) -> list[QuestView]:
    """Your quests of the windows open now, and finished ones you have not claimed yet."""
    caller = g.caller
    with transaction(MEMBER, caller.company_id) as tx:
        page = read_quests(
            tx,
            caller.company_id,
            caller.member_id,
            datetime.now(UTC),
            after=query["after"],
            limit=query["limit"],
        )
    return show(page, query["limit"])


@quests.get(QUEST)
@require("member")
@refuses("not_found")
@quests.response(200, QuestSchema)
def my_quest(quest_id: int) -> QuestView:
    """One of your quests, past ones too."""
    with transaction(MEMBER, g.caller.company_id) as tx:
        return read_quest(tx, g.caller.company_id, g.caller.member_id, quest_id)


@quests.post(f"{QUEST}/complete")
@require("member")
@refuses("not_found", "quest_not_complete", "quest_already_claimed")
@quests.arguments(NothingSchema)
@quests.response(200, ClaimSchema)
def claim(body: dict[str, Any], quest_id: int) -> dict[str, Any]:  # noqa: ARG001 - empty by its schema
    """Claim the reward of a finished quest, once."""
    caller, now = g.caller, datetime.now(UTC)
    result = acts.claim_quest(caller.company_id, caller.member_id, quest_id, now)
    with transaction(MEMBER, caller.company_id) as tx:
        return {
            "quest": read_quest(tx, caller.company_id, caller.member_id, quest_id),
            "xp_awarded": result.xp_awarded,
            "member": read_member(tx, caller.company_id, caller.member_id, now),
        }
