"""Quests: those open now, and claiming the reward of a finished one."""

from __future__ import annotations

from typing import Any

from flask import g

from game.rules.metrics import BADGE_METRICS, QUEST_METRICS
from game.rules.requirements import USD_CENTS, named
from game.services.creations.acts import Author, change, make
from game.services.creations.reads import CreationView, read_creations
from game.services.members.profile import read_member
from game.services.progress import acts, rerolling
from game.services.quests.reads import QuestView, read_quest, read_quests
from models import clock
from models.session import MEMBER, transaction
from web.api.blueprint import ApiBlueprint, refuses
from web.api.creation_schemas import (
    CreatedSchema,
    CreationQuery,
    CreationSchema,
    MetricsSchema,
    NewQuest,
    QuestChanges,
)
from web.api.paging import show
from web.api.quest_schemas import ClaimSchema, QuestDetailSchema, QuestQuery, QuestSchema
from web.api.shapes import NothingSchema
from web.auth import require
from web.rate_limits import limiter

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
            clock.now(),
            after=query["after"],
            limit=query["limit"],
        )
    return show(page, query["limit"])


@quests.get(QUEST)
@require("member")
@refuses("not_found")
@quests.response(200, QuestDetailSchema)
def my_quest(quest_id: int) -> QuestView:
    """One of your quests, past ones too, with each fact that counted."""
    caller = g.caller
    with transaction(MEMBER, caller.company_id) as tx:
        return read_quest(tx, caller.company_id, caller.member_id, quest_id, clock.now())


@quests.post(f"{QUEST}/complete")
@require("member")
@refuses("not_found", "quest_not_complete", "quest_already_claimed")
@quests.arguments(NothingSchema)
@quests.response(200, ClaimSchema)
def claim(body: dict[str, Any], quest_id: int) -> dict[str, Any]:  # noqa: ARG001 - empty by its schema
    """Claim the reward of a finished quest, once."""
    caller, now = g.caller, clock.now()
    result = acts.claim_quest(caller.company_id, caller.member_id, quest_id, now)
    with transaction(MEMBER, caller.company_id) as tx:
        return {
            "quest": read_quest(tx, caller.company_id, caller.member_id, quest_id, now),
            "xp_awarded": result.xp_awarded,
            "member": read_member(tx, caller.company_id, caller.member_id, now),
        }


@quests.post(f"{QUEST}/reroll")
@require("member")
@refuses("not_found", "quest_not_rerollable", "reroll_used", "no_other_quest")
@quests.arguments(NothingSchema)
@quests.response(200, QuestSchema)
def reroll(body: dict[str, Any], quest_id: int) -> QuestView:  # noqa: ARG001 - empty by its schema
    """Replace a daily quest without progress by the next one of its slot, once a day."""
    caller, now = g.caller, clock.now()
    number = rerolling.reroll(caller.company_id, caller.member_id, quest_id, now)
    with transaction(MEMBER, caller.company_id) as tx:
        return read_quest(tx, caller.company_id, caller.member_id, number, now)


@quests.get("/special")
@require("moderator")
@quests.arguments(CreationQuery, location="query")
@quests.response(200, CreationSchema(many=True))
def special_quests(query: dict[str, Any]) -> list[CreationView]:
    """The quests your team wrote, newest first, with how many members finished them."""
    with transaction(MEMBER, g.caller.company_id) as tx:
        page = read_creations(tx, g.caller.company_id, "quest", query["after"], query["limit"])
    return show(page, query["limit"])


@quests.get("/metrics")
@require("moderator")
@quests.response(200, MetricsSchema)
def metrics() -> dict[str, Any]:
    """What special quests and achievements can be about."""
    tables = {"quest": QUEST_METRICS, "achievement": BADGE_METRICS}
    return {
        "metrics": [
            {
                "metric": metric,
                "kind": kind,
                "unit": "usd_cents" if metric in USD_CENTS else "count",
                "words": named(metric),
            }
            for kind, table in tables.items()
            for metric in table
        ]
    }


@quests.post("")
@require("moderator")
@refuses("too_many_creations", "rate_limited")
@limiter.limit("60 per minute")
@quests.arguments(NewQuest)
@quests.response(200, CreatedSchema)
def new_quest(body: dict[str, Any]) -> dict[str, Any]:
    """Write a special quest; a `draft` unless `state` says `published`."""
    state = body.pop("state", "draft")
    body.setdefault("audience", {"classes": [], "level_from": 1, "level_to": None})
    return {"id": make(_author(), "quest", body, state, clock.now())}


@quests.patch(QUEST)
@require("moderator")
@refuses("not_found", "creation_ended", "creation_published", "quest_has_begun", "rate_limited")
@limiter.limit("60 per minute")
@quests.arguments(QuestChanges)
@quests.response(200, CreatedSchema)
def change_quest(body: dict[str, Any], quest_id: int) -> dict[str, Any]:
    """Change, publish or end a special quest. Who has it already keeps it as it was given."""
    state = body.pop("state", None)
    change(_author(), "quest", quest_id, body, state, clock.now())
    return {"id": quest_id}


def _author() -> Author:
    return Author(g.caller.company_id, g.caller.whop_user_id)
