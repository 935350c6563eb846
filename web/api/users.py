"""Members: their own profile, class and receipts, and what they may see of each other."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import g

from game.services.ledger.receipts import ReceiptView, read_receipts
from game.services.members.profile import (
    MemberView,
    PublicProfile,
    read_member,
    read_public_profile,
)
from game.services.progress import acts
from game.services.progress.prestige import prestige
from models import clock
from models.session import MEMBER, transaction
from web.api.blueprint import ApiBlueprint, refuses
from web.api.paging import show
from web.api.user_schemas import (
    ClassChoiceSchema,
    MemberSchema,
    PrestigeSchema,
    ProfileSchema,
    ReceiptQuery,
    ReceiptSchema,
)
from web.auth import allows, require

users = ApiBlueprint(
    "users", __name__, url_prefix="/api/v1/users", description="Members, classes, receipts."
)


@users.get("/me/profile")
@require("member")
@users.response(200, MemberSchema)
def my_profile() -> MemberView:
    """Your own figures, always as the books have them."""
    return own_view(clock.now())


@users.post("/me/class")
@require("member")
@refuses("unknown_class", "class_change_too_early")
@users.arguments(ClassChoiceSchema)
@users.response(200, MemberSchema)
def choose_class(body: dict[str, Any]) -> MemberView:
    """Choose the class you play. The first choice is free, each further one has to wait."""
    now = clock.now()
    acts.choose_class(g.caller.company_id, g.caller.member_id, body["name"], now)
    return own_view(now)


@users.post("/me/prestige")
@require("member")
@refuses("prestige_too_early", "prestige_used_up")
@users.arguments(PrestigeSchema)
@users.response(200, MemberSchema)
def begin_anew(body: dict[str, Any]) -> MemberView:
    """Begin your run anew: back to level one, and more XP for everything from now on.

    Name the prestige you mean to have, and asking twice begins one run.
    """
    now = clock.now()
    prestige(g.caller.company_id, g.caller.member_id, now, body["prestige_level"])
    return own_view(now)


@users.get("/me/receipts")
@require("member")
@users.arguments(ReceiptQuery, location="query")
@users.response(200, ReceiptSchema(many=True))
def my_receipts(query: dict[str, Any]) -> list[ReceiptView]:
    """Every change of your books, newest first, with what it was computed from."""
    caller = g.caller
    with transaction(MEMBER, caller.company_id) as tx:
        page = read_receipts(
            tx, caller.company_id, caller.member_id, query["after"], query["limit"]
        )
    return show(page, query["limit"])


@users.get("/<member>")
@require("member")
@refuses("not_found")
@users.response(200, ProfileSchema)
def public_profile(member: str) -> PublicProfile:
    """Another member of your company, by member id or Whop user id."""
    with transaction(MEMBER, g.caller.company_id) as tx:
        return read_public_profile(
            tx, g.caller.company_id, member, clock.now(), sees_all=_sees_all(member)
        )


def _sees_all(member: str) -> bool:
    """Whether the caller may know who this is: the team may, and everybody of themselves."""
    caller = g.caller
    return allows(caller, "moderator") or member in (str(caller.member_id), caller.whop_user_id)


def own_view(now: datetime) -> MemberView:
    """The caller's own profile."""
    with transaction(MEMBER, g.caller.company_id) as tx:
        return read_member(tx, g.caller.company_id, g.caller.member_id, now)
