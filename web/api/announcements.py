"""Words to all members: of a company by its creator, of every company by an operator."""

from __future__ import annotations

from typing import Any

from flask import g

from game.rules.refusals import Refusal
from game.services.notices import announcements as service
from game.services.notices.announcements import Announcement, Words
from models import clock
from models.session import MEMBER, transaction
from web.api.blueprint import ApiBlueprint
from web.api.notification_schemas import (
    AnnouncedSchema,
    AnnouncementSchema,
    AnnouncementsQuery,
    ShownAnnouncementSchema,
)
from web.api.paging import show
from web.auth import Needed, allows, require
from web.rate_limits import limiter

announcements = ApiBlueprint(
    "announcements", __name__, url_prefix="/api/v1", description="Words to all members."
)
A_PERSON = "20 per hour"


@announcements.post("/announcements")
@require("signed_in")
@limiter.limit(A_PERSON)
@announcements.arguments(AnnouncementSchema)
@announcements.response(200, AnnouncedSchema)
def post(body: dict[str, Any]) -> dict[str, str]:
    """Announce something to every member of your company; as an operator, to all companies.

    Each member who is there now gets it as a `system_notification`.
    """
    role: Needed = "admin" if body["to"] == "all" else "creator"
    caller = g.caller
    if not allows(caller, role):
        raise Refusal("forbidden", f"This needs the role {role}.", {"role": role})
    words = Words(body["severity"], body["title"].strip(), body["text"].strip())
    now = clock.now()
    if body["to"] == "all":
        service.say_everywhere(words, caller.whop_user_id, now)
    else:
        service.say(words, caller.whop_user_id, caller.company_id, now)
    return {"to": body["to"]}


@announcements.get("/announcements")
@require("creator")
@announcements.arguments(AnnouncementsQuery, location="query")
@announcements.response(200, ShownAnnouncementSchema(many=True))
def past(query: dict[str, Any]) -> list[Announcement]:
    """What was announced to your company, newest first."""
    with transaction(MEMBER, g.caller.company_id) as tx:
        page = service.read_announcements(tx, g.caller.company_id, query["after"], query["limit"])
    return show(page, query["limit"])
