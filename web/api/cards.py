"""A picture of the member to share."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request
from marshmallow import Schema, fields, validate

from game.services.sharing.cards import CARD_KINDS, picture_of, read_card
from models import clock
from models.session import MEMBER, transaction
from web.api.blueprint import ApiBlueprint, refuses
from web.auth import require
from web.rate_limits import limiter

cards = ApiBlueprint(
    "cards", __name__, url_prefix="/api/v1/users/me", description="Pictures to share."
)
A_PERSON = "30 per minute"
"""Drawing one takes a good part of a second."""


class CardQuery(Schema):
    """What the picture tells of: your rank, your level, or your week."""

    kind = fields.String(load_default="rank", validate=validate.OneOf(CARD_KINDS))


@cards.get("/card.png")
@require("member")
@refuses("rate_limited")
@limiter.limit(A_PERSON)
@cards.arguments(CardQuery, location="query")
@cards.response(200, content_type="image/png")
def my_card(query: dict[str, Any]) -> Response:
    """A picture of 1200 by 630 with your shown name and figures of the game; never money.

    Its ETag names what stands on it.
    """
    caller = g.caller
    with transaction(MEMBER, caller.company_id) as tx:
        card = read_card(tx, caller.company_id, caller.member_id, query["kind"], clock.now())
    answer = Response(mimetype="image/png")
    answer.set_etag(card.tag)
    answer.headers["Cache-Control"] = "private, no-cache"
    if request.if_none_match.contains(card.tag):
        answer.make_conditional(request)
        return answer
    answer.set_data(picture_of(card))
    return answer
