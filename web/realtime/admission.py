"""Who may open a live connection: room, a page we know, a ticket that is good."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from flask import Request
from gevent.lock import BoundedSemaphore

import settings
from game.services.members import tickets
from game.services.members.tickets import Grant
from game.services.notices import channels
from game.services.notices.channel_sources import Cursor
from web.realtime import closing, cursors, origins
from web.realtime.hub import Hub
from web.realtime.places import Place
from web.sampling import Sampled

_of_strangers = Sampled(structlog.get_logger(__name__))

NO_ROOM = 503
TOO_MANY = 429
RETRY_SECONDS = 5
AT_ONCE = 16
"""Tickets looked up at the same time. After a restart a thousand browsers come in one second:
one after the other each lookup is quick, all together every one of them would time out."""

_turn = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with a good ticket, and how far they have each channel; their own comes first.

    `place` is theirs until the connection ends.
    """

    grant: Grant
    place: Place
    cursors: tuple[Cursor, ...]


class Refused(Exception):
    """No connection. `code` is a close code of `closing`, or an HTTP status where it is below."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


def admit(request: Request, hub: Hub) -> Visitor:
    """Use the request's ticket up and let its owner in. Raises Refused.

    A place is taken before anything is waited for; whoever is let in gives it back.
    """
    place = hub.take_place()
    if place is None:
        raise Refused(NO_ROOM)
    try:
        return _known(request, place)
    except BaseException:
        place.leave()
        raise


def _known(request: Request, place: Place) -> Visitor:
    origin = request.headers.get("Origin", "")
    if origin and not origins.is_allowed(origin, settings.current().allowed_origins):
        _of_strangers.warning("relay_foreign_origin", origin=origin[:200])
        raise Refused(closing.FOREIGN_ORIGIN)
    grant = _redeem(request.args.get("ticket", ""))
    if grant is None:
        raise Refused(closing.BAD_TICKET)
    if grant.origin and origin.lower() != grant.origin.lower():
        _of_strangers.warning("relay_ticket_of_another_page", member_id=grant.member_id)
        raise Refused(closing.FOREIGN_ORIGIN)
    if not place.belongs_to(channels.of_member(grant.company_id, grant.member_id)):
        raise Refused(TOO_MANY)
    number = request.headers.get("Last-Event-ID") or request.args.get("after", "")
    further, epoch = request.args.getlist("cursor"), request.args.get("epoch", "")[:64]
    return Visitor(grant, place, cursors.asked(grant, number, further, epoch))


def _redeem(token: str) -> Grant | None:
    try:
        with _turn:
            return tickets.redeem(token)
    except tickets.RealtimeUnavailable as error:
        raise Refused(NO_ROOM) from error
