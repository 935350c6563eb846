"""Who is calling, and may they? One decorator for every route that is not public."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Literal, ParamSpec, TypeVar

import structlog
from flask import g, request

from game.rules.refusals import Refusal
from game.services.members import sessions
from models import clock

P = ParamSpec("P")
R = TypeVar("R")

Needed = Literal["signed_in", "member", "moderator", "creator", "admin"]

# Whom each demand lets in, by their role inside the company. Being an operator opens the routes
# of operators and nothing of any company.
OPENS: dict[str, tuple[str, ...]] = {
    "member": ("member", "moderator", "creator"),
    "moderator": ("moderator", "creator"),
    "creator": ("creator",),
}


@dataclass(frozen=True, slots=True)
class Caller:
    """The signed-in user of this request.

    `role` is the highest (an operator is `admin`), `company_role` the one inside the company,
    empty for an operator who is no member of it (then `member_id` is 0).
    """

    company_id: str
    member_id: int
    whop_user_id: str
    role: str
    company_role: str
    signed_in_at: datetime
    """When this session was issued: decisions about money may ask for a fresh one."""


def require(role: Needed) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let in whoever has `role` or more in the company of their session; others get a refusal.

    The route finds the caller in `g.caller`.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            g.caller = caller = identify(clock.now())
            if not allows(caller, role):
                raise Refusal("forbidden", f"This needs the role {role}.", {"role": role})
            return view(*args, **kwargs)

        guarded.required_role = role  # type: ignore[attr-defined]
        return guarded

    return decorate


def identify(now: datetime) -> Caller:
    """The caller by the bearer token of this request. Raises a refusal."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refusal("session_missing", "Sign in first: POST /api/v1/auth.")
    session = sessions.read(token.strip(), now)
    sessions.check_standing(session, now)
    structlog.contextvars.bind_contextvars(
        company_id=session.company_id, member_id=session.member_id
    )
    return Caller(
        company_id=session.company_id,
        member_id=session.member_id,
        whop_user_id=session.whop_user_id,
        role=session.role,
        company_role=session.company_role,
        signed_in_at=session.issued_at,
    )


def allows(caller: Caller, role: Needed) -> bool:
    """True where the caller has `role` or more."""
    if role == "signed_in":
        return True
    if role == "admin":
        return caller.role == "admin"
    return caller.company_role in OPENS[role]
