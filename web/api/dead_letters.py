"""Dead letters by hand: look, send through again, drop. For operators only."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from flask import g

from game.rules.refusals import Refusal
from game.services.inbox import dead_letters
from game.services.inbox.dead_letters import Filter, Letter, NoSuchDeadLetter
from game.services.platform.keyset import cut
from web.api.blueprint import ApiBlueprint, refuses
from web.api.ops_schemas import (
    DiscardSchema,
    LetterQuery,
    LetterSchema,
    ReplaySchema,
    ShownLetterSchema,
)
from web.api.paging import show
from web.auth import require

letters = ApiBlueprint(
    "dead-letters",
    __name__,
    url_prefix="/api/v1/ops/dead-letters",
    description="Deliveries that could not be settled.",
)
LETTER = "/<int(max=9223372036854775807):letter_id>"


@letters.get("")
@require("admin")
@letters.arguments(LetterQuery, location="query")
@letters.response(200, LetterSchema(many=True))
def find(query: dict[str, Any]) -> list[Letter]:
    """Dead letters of all companies, newest first; the open ones unless `state` says more."""
    wanted = Filter(
        state="" if query["state"] == "all" else query["state"],
        type=query["type"],
        company_id=query["company"],
        error_group=query["error_group"],
        since=query["since"],
        until=query["until"],
    )
    after = query["after"][0] if query["after"] else 0
    found = dead_letters.find(wanted, after=after, limit=query["limit"] + 1)
    return show(cut(found, query["limit"], lambda letter: (letter.id,)), query["limit"])


@letters.get(LETTER)
@require("admin")
@refuses("not_found")
@letters.response(200, ShownLetterSchema)
def look(letter_id: int) -> dict[str, Any]:
    """One dead letter with a masked view of the delivery's body."""
    return _shown(letter_id)


@letters.post(f"{LETTER}/replay")
@require("admin")
@refuses("not_found", "dead_letter_closed")
@letters.arguments(ReplaySchema)
@letters.response(200, ShownLetterSchema)
def replay(body: dict[str, Any], letter_id: int) -> dict[str, Any]:
    """Send the delivery through again, with fresh attempts."""
    now = datetime.now(UTC)
    done = dead_letters.replay([letter_id], g.caller.whop_user_id, now, note=body["note"])
    return _closed(letter_id, done)


@letters.post(f"{LETTER}/discard")
@require("admin")
@refuses("not_found", "dead_letter_closed")
@letters.arguments(DiscardSchema)
@letters.response(200, ShownLetterSchema)
def discard(body: dict[str, Any], letter_id: int) -> dict[str, Any]:
    """Drop the delivery for good. Its id stays known, so it is not taken in again."""
    now = datetime.now(UTC)
    done = dead_letters.discard([letter_id], g.caller.whop_user_id, body["reason"], now)
    return _closed(letter_id, done)


def _closed(letter_id: int, done: int) -> dict[str, Any]:
    shown = _shown(letter_id)
    if not done:
        raise Refusal(
            "dead_letter_closed",
            "This dead letter is not open any more.",
            {"id": str(letter_id), "state": shown["state"]},
        )
    return shown


def _shown(letter_id: int) -> dict[str, Any]:
    try:
        shown = dead_letters.show(letter_id)
    except NoSuchDeadLetter as error:
        raise Refusal(
            "not_found", "There is no such dead letter.", {"id": str(letter_id)}
        ) from error
    return asdict(shown.letter) | {
        "webhook_id": shown.webhook_id,
        "received_at": shown.received_at,
        "body": shown.body,
        "no_body": shown.no_body,
    }
