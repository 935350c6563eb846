"""One-use tickets that open the live connection.

A browser cannot send a bearer token when it opens a socket, and an address with a lasting token
in it would end up in logs; so the API hands out a word that is good once, for thirty seconds.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import redis

from game.rules.refusals import Refusal
from game.services.platform.redis_client import client

LIFETIME = timedelta(seconds=30)
LONGEST_TOKEN = 64
"""Characters; ours have 43. Anything longer is not looked up."""


class RealtimeUnavailable(Refusal):
    """Redis is away: there is no live connection for now, the numbered list still works."""

    def __init__(self) -> None:
        super().__init__("realtime_unavailable", "Live news are not available right now.")


@dataclass(frozen=True, slots=True)
class Grant:
    """Whose frames a ticket opens. `origin` empty = asked for without one, by no browser.

    `signed_in_at` is when the session began that asked: a later end of all the member's sessions
    ends the connection too.
    """

    company_id: str
    member_id: int
    whop_user_id: str
    origin: str
    signed_in_at: datetime


@dataclass(frozen=True, slots=True)
class Ticket:
    """A word that opens one connection, once."""

    token: str
    expires_at: datetime


def issue(grant: Grant, now: datetime) -> Ticket:
    """Make a ticket for `grant`. Raises RealtimeUnavailable when Redis is away."""
    token = secrets.token_urlsafe(32)
    try:
        client().set(_key(token), _packed(grant), ex=LIFETIME)
    except redis.RedisError as error:
        raise RealtimeUnavailable from error
    return Ticket(token, now + LIFETIME)


def redeem(token: str) -> Grant | None:
    """Use a ticket up. None: unknown, used or too old. Raises RealtimeUnavailable."""
    if not 0 < len(token) <= LONGEST_TOKEN or not token.isascii():
        return None
    try:
        packed = client().getdel(_key(token))
    except redis.RedisError as error:
        raise RealtimeUnavailable from error
    return _unpacked(packed) if isinstance(packed, bytes) else None


def _key(token: str) -> str:
    return f"wl:ticket:{token}"


def _packed(grant: Grant) -> str:
    return json.dumps(
        [
            grant.company_id,
            grant.member_id,
            grant.whop_user_id,
            grant.origin,
            grant.signed_in_at.timestamp(),
        ]
    )


def _unpacked(packed: bytes) -> Grant:
    company_id, member_id, whop_user_id, origin, signed_in = json.loads(packed)
    return Grant(
        company_id, member_id, whop_user_id, origin, datetime.fromtimestamp(signed_in, UTC)
    )
