"""Notices: the numbered list, what is read of it, and the ticket to hear them live."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from flask import g, request

import settings
from game.rules.refusals import Refusal
from game.services.members import tickets
from game.services.members.sessions import CHECKED_FOR
from game.services.notices import channels, reads
from game.services.notices.channel_sources import Cursor
from game.services.notices.reads import NoticeList
from models import clock
from models.session import MEMBER, transaction
from web.api.blueprint import ApiBlueprint, refuses
from web.api.notification_schemas import (
    NoticesQuery,
    NoticesSchema,
    ReadSchema,
    ReadUpToSchema,
    TicketSchema,
)
from web.api.shapes import NothingSchema
from web.auth import Caller, require
from web.rate_limits import limiter

notifications = ApiBlueprint(
    "notifications", __name__, url_prefix="/api/v1", description="News of a member, numbered."
)
TICKETS = "60 per minute"
FIRST = 1
"""The number of everybody's first notice."""


@notifications.get("/notifications")
@require("member")
@notifications.arguments(NoticesQuery, location="query")
@notifications.response(200, NoticesSchema)
def my_notices(query: dict[str, Any]) -> dict[str, Any]:
    """Your notices after a number, oldest first: the same ones the live connection brings.

    With `before` the list goes the other way, as people read it: `page.next` is its next value.
    """
    if query["before"] is None:
        found = _read(g.caller, query["after"], query["limit"], query["epoch"])
        has_more = found.stretch.has_more
    else:
        found = _read_back(g.caller, query["before"], query["limit"])
        has_more = bool(found.stretch.entries) and found.stretch.entries[-1][0] > FIRST
    stretch = found.stretch
    last = str(stretch.entries[-1][0]) if has_more else None
    g.page = {"next": last, "has_next": has_more, "limit": query["limit"]}
    return {
        "notices": [json.loads(text) for _, text in stretch.entries],
        "last_id": stretch.last_id,
        "epoch": stretch.epoch,
        "complete": stretch.is_complete,
        "read_up_to": found.read_up_to,
    }


@notifications.post("/notifications/read")
@require("member")
@notifications.arguments(ReadSchema)
@notifications.response(200, ReadUpToSchema)
def mark_read(body: dict[str, Any]) -> dict[str, int]:
    """Note what you have read. It never goes back; twice is harmless."""
    caller: Caller = g.caller
    with transaction(MEMBER, caller.company_id) as tx:
        read = reads.mark_read(tx, caller.company_id, caller.member_id, body["up_to"])
    return {"read_up_to": read}


@notifications.post("/websocket")
@require("member")
@refuses("realtime_unavailable", "rate_limited")
@limiter.limit(TICKETS)
@notifications.arguments(NothingSchema)
@notifications.response(200, TicketSchema)
def ticket(body: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - empty by its schema
    """A ticket for one live connection, good for thirty seconds and one use.

    It follows your own numbers after `&after=`, and up to four channels more: `&cursor=guild:7:12`
    for what comes after number 12 of that guild, `&cursor=guild:7` for what comes from now on.
    Their frames name their `channel`; one you may not follow is answered by `disconnected`.
    """
    caller: Caller = g.caller
    now = clock.now()
    last_id = _read(caller, None, 0, "").stretch.last_id
    issued = tickets.issue(_grant(caller, now), now)
    relay = settings.current().relay_url
    return {
        "ticket": issued.token,
        "url": "ws" + relay.removeprefix("http") + "/ws",
        "sse_url": relay + "/sse",
        "expires_at": issued.expires_at,
        "last_id": last_id,
    }


def _grant(caller: Caller, now: datetime) -> tickets.Grant:
    """What the ticket opens.

    The session was good when it was last looked at, which may be a moment ago: whatever ended the
    member's sessions since then ends the connection as well.
    """
    return tickets.Grant(
        company_id=caller.company_id,
        member_id=caller.member_id,
        whop_user_id=caller.whop_user_id,
        origin=request.headers.get("Origin", "")[:200],
        signed_in_at=now - CHECKED_FOR,
    )


def _read_back(caller: Caller, number: int, limit: int) -> NoticeList:
    with transaction(MEMBER, caller.company_id) as tx:
        found = reads.before(tx, caller.company_id, caller.member_id, number, limit=limit)
    if found is None:
        raise Refusal("not_found", "There is no such member any more.")
    return found


def _read(caller: Caller, after: int | None, limit: int, epoch: str) -> NoticeList:
    own = channels.of_member(caller.company_id, caller.member_id)
    with transaction(MEMBER, caller.company_id) as tx:
        found = reads.after(tx, Cursor(own, after, epoch), limit=limit)
    if found is None:
        raise Refusal("not_found", "There is no such member any more.")
    return found
