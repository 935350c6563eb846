"""App sessions as JWT: a short signed word about who somebody is; Whop is not asked each time.

A session lives fifteen minutes. Role and membership are read again when it is renewed; a ban or
an end of all a member's sessions is seen within seconds, without waiting for that.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

import settings
from game.rules.refusals import Refusal
from models.one_shot import one_shot
from models.session import MEMBER

LIFETIME = timedelta(minutes=15)
ISSUER = "whop-legends"
CHECKED_FOR = timedelta(seconds=3)
"""How long a look at the member's row is good for; "at once" means no later than this."""
MOST_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in. `role` is what they act as, `company_role` what they are in the company.

    An operator outside the company has no member: `member_id` 0 and an empty `company_role`.
    """

    company_id: str
    member_id: int
    whop_user_id: str
    role: str
    company_role: str
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Issued:
    """A session as handed to its owner."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _Standing:
    """What a member's row said about sessions when it was last looked at."""

    seen_at: datetime
    valid_from: datetime | None
    is_banned: bool


_standings: dict[tuple[str, str, int], _Standing] = {}


def issue(session: Session) -> Issued:
    """Sign a session with the first of SESSION_SECRETS."""
    expires_at = session.issued_at + LIFETIME
    claims = {
        "iss": ISSUER,
        "sub": session.whop_user_id,
        "company": session.company_id,
        "member": session.member_id,
        "role": session.role,
        "company_role": session.company_role,
        "iat": int(session.issued_at.timestamp()),
        "iat_ms": int(session.issued_at.timestamp() * 1000),
        "exp": int(expires_at.timestamp()),
        "jti": secrets.token_urlsafe(12),
    }
    secret = settings.current().session_secrets[0]
    return Issued(jwt.encode(claims, secret, algorithm="HS256"), expires_at)


def read(token: str, now: datetime) -> Session:
    """The session in a bearer token, by any of SESSION_SECRETS. Raises a refusal."""
    claims = _claims(token)
    if now.timestamp() >= claims["exp"]:
        raise Refusal("session_expired", "The session is over; sign in again.")
    return Session(
        company_id=str(claims["company"]),
        member_id=int(claims["member"]),
        whop_user_id=str(claims["sub"]),
        role=str(claims["role"]),
        company_role=str(claims["company_role"]),
        issued_at=datetime.fromtimestamp(claims["iat_ms"] / 1000, UTC),
    )


def check_standing(session: Session, now: datetime) -> None:
    """Refuse a session that was ended, or whose member is banned, since it was issued."""
    if not session.member_id:
        return
    standing = _standing(session.company_id, session.member_id, now)
    if standing is None or (standing.valid_from and session.issued_at < standing.valid_from):
        raise Refusal("session_expired", "The session was ended; sign in again.")
    if standing.is_banned:
        raise Refusal("banned", "You are banned from this company's game.")


def _claims(token: str) -> Mapping[str, Any]:
    for secret in settings.current().session_secrets:
        try:
            return jwt.decode(
                token,
                secret,
                algorithms=["HS256"],
                issuer=ISSUER,
                options={
                    "require": ["exp", "iat", "iat_ms", "sub", "company", "member", "role",
                                "company_role"],
                    "verify_exp": False,  # compared with our own `now`
                    "verify_iat": False,
                },
            )  # fmt: skip
        except jwt.InvalidSignatureError:
            continue
        except (jwt.PyJWTError, RecursionError) as error:
            raise Refusal("session_invalid", "This is no session of ours.") from error
    raise Refusal("session_invalid", "This is no session of ours.")


def _standing(company_id: str, member_id: int, now: datetime) -> _Standing | None:
    """The member's row as seen at most CHECKED_FOR ago; None for a member that is gone."""
    key = (settings.current().database_url, company_id, member_id)
    known = _standings.get(key)
    if known is not None and abs(now - known.seen_at) < CHECKED_FOR:
        return known
    rows = one_shot(
        "SELECT sessions_valid_from, banned_at FROM member WHERE company_id = %s AND id = %s",
        (company_id, member_id),
        role=MEMBER,
        company_id=company_id,
    )
    if not rows:
        return None
    valid_from, banned_at = rows[0]
    if len(_standings) >= MOST_REMEMBERED:
        _standings.clear()
    found = _standings[key] = _Standing(now, valid_from, banned_at is not None)
    return found
