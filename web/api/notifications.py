"""Notices: the numbered list, what is read of it, and the ticket to hear them live."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from flask import g, request

import settings
from game.rules.refusals import Refusal
from game.services.members import tickets
from game.services.members.sessions import CHECKED_FOR
from game.services.notices import reads
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


@notifications.get("/notifications")
@require("member")
@notifications.arguments(NoticesQuery, location="query")
@notifications.response(200, NoticesSchema)
def my_notices(query: dict[str, Any]) -> dict[str, Any]:
    """Your notices after a number, oldest first: the same ones the live connection brings."""
    page = _read(g.caller, query["after"], query["limit"], query["epoch"])
    last = str(page.notices[-1][0]) if page.has_more else None
    g.page = {"next": last, "has_next": page.has_more, "limit": query["limit"]}
    return {
        "notices": [json.loads(text) for _, text in page.notices],
        "last_id": page.last_id,
        "epoch": page.epoch,
        "complete": page.is_complete,
        "read_up_to": page.read_up_to,
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
    """A ticket for one live connection, good for thirty seconds and one use."""
    caller: Caller = g.caller
    now = datetime.now(UTC)
    last_id = _read(caller, None, 0, "").last_id
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


def _read(caller: Caller, after: int | None, limit: int, epoch: str) -> reads.Page:
    with transaction(MEMBER, caller.company_id) as tx:
        page = reads.after(tx, caller.company_id, caller.member_id, after, limit=limit, epoch=epoch)
    if page is None:
        raise Refusal("not_found", "There is no such member any more.")
    return page
