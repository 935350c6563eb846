"""Leaderboards: places, the caller's own, closed boards with their proofs, and leagues."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import g

from game.rules.refusals import Refusal
from game.services.boards import history
from game.services.boards.history import ClosedView, Proof
from game.services.boards.league_reads import LeagueView, read_league
from game.services.boards.views import (
    Asked,
    BoardView,
    MyPlace,
    Viewer,
    find,
    find_closed,
    read_board,
    read_my_place,
)
from game.services.rulesets.charter import load_charter
from models import clock
from models.session import MEMBER, Transaction, transaction
from web.api.blueprint import ApiBlueprint, refuses
from web.api.leaderboard_schemas import (
    BoardQuery,
    BoardSchema,
    CategoryQuery,
    ClosedBoardSchema,
    ClosedQuery,
    HistoryQuery,
    LeagueSchema,
    MyPlaceQuery,
    MyPlaceSchema,
    ProofSchema,
)
from web.api.paging import show
from web.auth import require

leaderboards = ApiBlueprint(
    "leaderboards",
    __name__,
    url_prefix="/api/v1/leaderboards",
    description="Who stands where: boards, closed boards with proofs, leagues.",
)
CLOSED = "/history/<int(max=9223372036854775807):number>"


@leaderboards.get("")
@require("member")
@refuses("no_such_board")
@leaderboards.arguments(BoardQuery, location="query")
@leaderboards.response(200, BoardSchema)
def any_board(query: dict[str, Any]) -> BoardView:
    """A board: of all time, of a class, of a week or a month, by XP, referrals, commission, level.

    Others' commission is shown to the creator, and to members where the rules say so.
    """
    return _board(query)


@leaderboards.get("/global")
@require("member")
@leaderboards.arguments(CategoryQuery, location="query")
@leaderboards.response(200, BoardSchema)
def global_board(query: dict[str, Any]) -> BoardView:
    """The company's board of all time."""
    return _board({**query, "type": "global"})


@leaderboards.get("/class/<name>")
@require("member")
@refuses("no_such_board")
@leaderboards.arguments(CategoryQuery, location="query")
@leaderboards.response(200, BoardSchema)
def class_board(query: dict[str, Any], name: str) -> BoardView:
    """The board of those who have a class today."""
    return _board({**query, "type": "class", "class": name})


@leaderboards.get("/me")
@require("member")
@refuses("no_such_board")
@leaderboards.arguments(MyPlaceQuery, location="query")
@leaderboards.response(200, MyPlaceSchema)
def my_place(query: dict[str, Any]) -> MyPlace:
    """Your place, five on either side, the gap to the next rank, and why you moved since then."""
    now = clock.now()
    with transaction(MEMBER, g.caller.company_id) as tx:
        asked = _find(tx, {**query, "class": query["class_"]}, now)
        return read_my_place(tx, _viewer(), asked, now, query["since"])


@leaderboards.get("/history")
@require("member")
@leaderboards.arguments(HistoryQuery, location="query")
@leaderboards.response(200, ClosedBoardSchema(many=True))
def closed_boards(query: dict[str, Any]) -> list[ClosedView]:
    """Boards that are closed, newest first, each with its hash and your place."""
    caller = g.caller
    with transaction(MEMBER, caller.company_id) as tx:
        page = history.read_history(
            tx, caller.company_id, caller.member_id, query["after"], query["limit"]
        )
    return show(page, query["limit"])


@leaderboards.get(CLOSED)
@require("member")
@refuses("not_found")
@leaderboards.arguments(ClosedQuery, location="query")
@leaderboards.response(200, BoardSchema)
def closed_board(query: dict[str, Any], number: int) -> BoardView:
    """The places of one closed board, as they were written down."""
    with transaction(MEMBER, g.caller.company_id) as tx:
        charter = load_charter(tx, g.caller.company_id)
        view, page = read_board(
            tx,
            _viewer(),
            find_closed(tx, charter, number),
            clock.now(),
            query["after"],
            query["limit"],
        )
    show(page, query["limit"])
    return view


@leaderboards.get(f"{CLOSED}/proof")
@require("member")
@refuses("not_found")
@leaderboards.response(200, ProofSchema)
def proof(number: int) -> Proof:
    """The proof of your place on a closed board, to be checked by hand or by program."""
    caller = g.caller
    with transaction(MEMBER, caller.company_id) as tx:
        return history.read_proof(tx, caller.company_id, caller.member_id, number)


@leaderboards.get("/league")
@require("member")
@leaderboards.response(200, LeagueSchema)
def my_league() -> LeagueView:
    """Your league group of this week, in the order it would end in now."""
    with transaction(MEMBER, g.caller.company_id) as tx:
        return read_league(tx, _viewer(), clock.now())


def _board(query: dict[str, Any]) -> BoardView:
    now = clock.now()
    with transaction(MEMBER, g.caller.company_id) as tx:
        asked = _find(tx, query, now)
        view, page = read_board(tx, _viewer(), asked, now, query["after"], query["limit"])
    show(page, query["limit"])
    return view


def _find(tx: Transaction, query: dict[str, Any], now: datetime) -> Asked:
    if query["type"] == "guild":
        details = {"field": "type", "choices": ["global", "class", "weekly", "monthly"]}
        raise Refusal("no_such_board", "There are no guilds to rank here.", details)
    return find(
        tx,
        load_charter(tx, g.caller.company_id),
        now,
        kind=query["type"],
        category=query["category"],
        window=query.get("window", ""),
        character_class=query.get("class", ""),
    )


def _viewer() -> Viewer:
    caller = g.caller
    return Viewer(caller.company_id, caller.member_id, caller.company_role == "creator")
