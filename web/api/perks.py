"""Perks: what reaching a level opens."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import g

from game.services.creations.acts import Author, invalid
from game.services.creations.perks import PerkView, add_perk, read_perks, remove_perk
from models import clock
from models.session import MEMBER, transaction
from web.api.blueprint import ApiBlueprint, refuses
from web.api.creation_schemas import NewPerkSchema, PerkQuery, PerkSchema
from web.api.paging import show
from web.api.shapes import NothingSchema
from web.auth import require
from web.rate_limits import limiter

perks = ApiBlueprint(
    "perks", __name__, url_prefix="/api/v1/perks", description="What reaching a level opens."
)
WRITING = ("moderator", "creator")


@perks.get("")
@require("member")
@perks.arguments(PerkQuery, location="query")
@perks.response(200, PerkSchema(many=True))
def my_perks(query: dict[str, Any]) -> list[PerkView]:
    """The perks of the levels you ever reached; a creator or moderator sees all of them."""
    caller = g.caller
    with transaction(MEMBER, caller.company_id) as tx:
        page = read_perks(
            tx,
            caller.company_id,
            caller.member_id,
            everything=caller.company_role in WRITING,
            after=query["after"],
            limit=query["limit"],
        )
    return show(page, query["limit"])


@perks.post("")
@require("creator")
@refuses("too_many_creations", "rate_limited")
@limiter.limit("60 per minute")
@perks.arguments(NewPerkSchema)
@perks.response(200, PerkSchema)
def new_perk(body: dict[str, Any]) -> PerkView:
    """Tie a text, a link, a promo code or a Whop role to a level."""
    content = body["content"].strip()
    if body["kind"] == "link" and not _is_link(content):
        raise invalid(["content: must be a link that begins with https://"])
    author = Author(g.caller.company_id, g.caller.whop_user_id)
    return add_perk(
        author, body["level"], body["kind"], body["title"].strip(), content, clock.now()
    )


@perks.delete("/<int(max=9223372036854775807):perk_id>")
@require("creator")
@refuses("not_found")
@perks.response(200, NothingSchema)
def remove(perk_id: int) -> dict[str, Any]:
    """Take a perk away from everybody."""
    remove_perk(Author(g.caller.company_id, g.caller.whop_user_id), perk_id, clock.now())
    return {}


def _is_link(text: str) -> bool:
    """Whether it opens a page and nothing else: no other scheme runs in anybody's browser."""
    try:
        found = urlsplit(text)
    except ValueError:
        return False
    return found.scheme == "https" and bool(found.hostname) and not any(c.isspace() for c in text)
