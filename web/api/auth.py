"""Signing in with Whop's user token, and who one is then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g, request

import settings
from game.services.members.profile import MemberView, read_member
from game.services.members.sessions import Session
from game.services.members.sign_in import sign_in
from game.services.progress import acts
from game.services.referrals import visitors
from game.services.rulesets.reads import CompanyView, read_company
from models import clock
from models.session import MEMBER, transaction
from web.api.auth_schemas import MeSchema, SignedInSchema, SignInSchema
from web.api.blueprint import ApiBlueprint, refuses
from web.auth import Caller, require
from web.links import sender
from web.rate_limits import SIGN_IN, address_and_user, limiter, refused_by_address

auth = ApiBlueprint("auth", __name__, url_prefix="/api/v1", description="Signing in.")


@dataclass(frozen=True, slots=True)
class Me:
    """Somebody signed in. `member` is None for an operator outside the company."""

    whop_user_id: str
    role: str
    company: CompanyView
    member: MemberView | None


@dataclass(frozen=True, slots=True)
class Entered:
    """A fresh session and whose it is."""

    token: str
    expires_at: datetime
    role: str
    company: CompanyView
    member: MemberView | None

    @property
    def last_id(self) -> int:
        """The member's newest notice; 0 for somebody without any, or who is no member."""
        return self.member.last_notice if self.member else 0

    @property
    def app_id(self) -> str | None:
        """What the page names itself with to the frame around it; None = this app has no id yet."""
        return settings.current().whop_app_id or None


@auth.post("/auth")
@refused_by_address
@limiter.limit(SIGN_IN, key_func=address_and_user)
@refuses("token_missing", "token_invalid", "no_access", "banned", "rate_limited")
@refuses("whop_unreachable")
@auth.arguments(SignInSchema)
@auth.response(200, SignedInSchema)
@auth.doc(security=[{"whop": []}])
def enter(body: dict[str, Any]) -> Entered:
    """Trade the token that Whop's proxy adds for a session of fifteen minutes.

    Whop is asked whether the user has access. The first time makes the member, and the company
    where it is new. It counts as the day's visit.
    """
    now = clock.now()
    place = body.get("experience_id") or body.get("company_id") or ""
    entered = sign_in(request.headers.get("X-Whop-User-Token", ""), place, now)
    session, issued = entered.session, entered.issued
    if session.member_id:
        acts.record_visit(session.company_id, session.member_id, now)
        visitors.note_member(session.company_id, session.member_id, *sender())
    company, member = _look_up(session, now)
    return Entered(issued.token, issued.expires_at, session.role, company, member)


@auth.get("/me")
@require("signed_in")
@auth.response(200, MeSchema)
def me() -> Me:
    """Who this session is: user, role, company, member."""
    company, member = _look_up(g.caller, clock.now())
    return Me(g.caller.whop_user_id, g.caller.role, company, member)


def _look_up(who: Session | Caller, now: datetime) -> tuple[CompanyView, MemberView | None]:
    with transaction(MEMBER, who.company_id) as tx:
        member = read_member(tx, who.company_id, who.member_id, now) if who.member_id else None
        return read_company(tx, who.company_id), member
