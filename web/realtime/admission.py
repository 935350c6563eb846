"""Who may open a live connection: room, a page we know, a ticket that is good."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from flask import Request
from gevent.lock import BoundedSemaphore

import settings
from game.services.members import tickets
from game.services.members.tickets import Grant
from web.realtime import closing, origins
from web.realtime.hub import Hub

log = structlog.get_logger(__name__)

NO_ROOM = 503
TOO_MANY = 429
RETRY_SECONDS = 5
LARGEST_NUMBER_DIGITS = 18
AT_ONCE = 16
"""Tickets looked up at the same time. After a restart a thousand browsers come in one second:
one after the other each lookup is quick, all together every one of them would time out."""

_turn = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with a good ticket. `after` None = from now on; `epoch` empty = knows none."""

    grant: Grant
    after: int | None
    epoch: str


class Refused(Exception):
    """No connection. `code` is a close code of `closing`, or an HTTP status where it is below."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


def admit(request: Request, hub: Hub) -> Visitor:
    """Use the request's ticket up and let its owner in. Raises Refused."""
    if not hub.has_room():
        raise Refused(NO_ROOM)
    origin = request.headers.get("Origin", "")
    if origin and not origins.is_allowed(origin, settings.current().allowed_origins):
        log.warning("relay_foreign_origin", origin=origin[:200])
        raise Refused(closing.FOREIGN_ORIGIN)
    grant = _redeem(request.args.get("ticket", ""))
    if grant is None:
        raise Refused(closing.BAD_TICKET)
    if grant.origin and origin.lower() != grant.origin.lower():
        log.warning("relay_ticket_of_another_page", member_id=grant.member_id)
        raise Refused(closing.FOREIGN_ORIGIN)
    if not hub.has_room_for(grant):
        raise Refused(TOO_MANY)
    number = request.headers.get("Last-Event-ID") or request.args.get("after", "")
    return Visitor(grant, _number(number), request.args.get("epoch", "")[:64])


def _redeem(token: str) -> Grant | None:
    try:
        with _turn:
            return tickets.redeem(token)
    except tickets.RealtimeUnavailable as error:
        raise Refused(NO_ROOM) from error


def _number(text: str) -> int | None:
    """The number a client already has; None for nothing or nonsense."""
    if text.isascii() and text.isdigit() and len(text) <= LARGEST_NUMBER_DIGITS:
        return int(text)
    return None
