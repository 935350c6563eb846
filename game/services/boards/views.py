"""Boards as they are shown: places with the faces a viewer may see, and what is nobody's business.

Redis answers where it holds a board, Postgres where it does not; both give the same places.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from game.rules.boards import CATEGORIES, BoardWindow, Category, Standing, closes_at, read_level
from game.rules.calendar_windows import Window
from game.rules.levels import level_now
from game.rules.refusals import Refusal
from game.rules.ruleset import RuleSet
from game.services.boards import history, shelf, sources
from game.services.boards.board import Board, current, previous
from game.services.boards.moved import LOOKED_AT, Fact, Passed, read_moved
from game.services.boards.sources import Around, Slice
from game.services.platform.keyset import Key, Page
from game.services.rulesets.charter import Charter, load_charter
from models.session import Transaction

NEIGHBOURS = 5
ALL_TIME = "all"
LAST: dict[BoardWindow, str] = {"weekly": "last_week", "monthly": "last_month"}


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks. `sees_money`: also other members' commission."""

    company_id: str
    member_id: int
    sees_money: bool


@dataclass(frozen=True, slots=True)
class BoardHead:
    """Which board an answer is of. `closed`: its ranks are final and never change."""

    type: str
    category: str
    window: str
    character_class: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    closes_at: datetime | None
    closed: bool
    members: int
    """How many have a place."""


@dataclass(frozen=True, slots=True)
class Place:
    """One row. `value` None = not shown to this viewer; of a level board it is the level.

    `member_id`, `username` and `avatar_url` of an anonymous member are shown to themselves only.
    `position` None = no place: the rank is the one all those share.
    """

    rank: int
    position: int | None
    member_id: int | None
    username: str
    avatar_url: str | None
    character_class: str | None
    level: int
    prestige_level: int
    value: int | None
    anonymous: bool
    is_me: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """How far it is to the next better rank. `value` None = not shown, or told by levels."""

    rank: int
    value: int | None


@dataclass(frozen=True, slots=True)
class BoardView:
    """A page of a board, and the viewer's own row whatever the page."""

    board: BoardHead
    me: Place
    entries: list[Place]


@dataclass(frozen=True, slots=True)
class PassedView:
    """Somebody who changed places with the viewer. `gained` None = not shown."""

    place: Place
    gained: int | None


@dataclass(frozen=True, slots=True)
class MovedView:
    """Why the viewer moved since a moment (`moved.Moved`)."""

    since: datetime
    gained: int
    facts: list[Fact]
    passed_me: list[PassedView]
    i_passed: list[PassedView]
    complete: bool


@dataclass(frozen=True, slots=True)
class MyPlace:
    """The viewer's place, those about it, and the gap to the next; None = nobody is ahead.

    `moved` None: not asked for, or the board is closed.
    """

    board: BoardHead
    me: Place
    neighbours: list[Place]
    gap: Gap | None
    moved: MovedView | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A board as it was asked for, found."""

    board: Board
    type: str
    word: str
    closed_number: int | None


def find(  # noqa: PLR0913 - what names a board
    tx: Transaction,
    charter: Charter,
    now: datetime,
    *,
    kind: str,
    category: Category,
    window: str,
    character_class: str = "",
) -> Asked:
    """The board of that type. Refuses `no_such_board`, saying what there is instead."""
    if kind == "class":
        classes = charter.rules.at(now).classes
        if character_class not in classes or character_class == charter.rules.at(now).start_class:
            choices = sorted(classes.keys() - {charter.rules.at(now).start_class})
            raise _no_board("There is no board of that class.", "class", choices)
        if window not in ("", ALL_TIME):
            raise _no_board("A class is ranked for all time.", "window", [ALL_TIME])
        return Asked(
            Board(charter.company_id, category, None, character_class), kind, ALL_TIME, None
        )
    span = _span(kind, window)
    if span is None:
        return Asked(Board(charter.company_id, category), "global", ALL_TIME, None)
    if category == "level":
        raise _no_board("Levels are ranked for all time.", "category",
                        ["xp", "referrals", "commission"])  # fmt: skip
    is_last = window == LAST[span]
    found = previous(charter, span, now) if is_last else current(charter, span, now)
    board = Board(charter.company_id, category, found)
    number = history.number_of(tx, board) if is_last else None
    return Asked(board, span, LAST[span] if is_last else span, number)


def find_closed(tx: Transaction, charter: Charter, number: int) -> Asked:
    """A board that is closed. Refuses `not_found`."""
    one = history.read_closed(tx, charter.company_id, number)
    span: BoardWindow = "weekly" if one.window == "weekly" else "monthly"
    category: Category = next(name for name in CATEGORIES if name == one.category)
    board = Board(charter.company_id, category, charter.zones.window(span, one.starts_at))
    return Asked(board, span, span, number)


def _span(kind: str, window: str) -> BoardWindow | None:
    """The window of a type; None = all time."""
    words: dict[str, BoardWindow] = {"weekly": "weekly", "last_week": "weekly",
                                     "monthly": "monthly", "last_month": "monthly"}  # fmt: skip
    if kind == "global":
        if window in ("", ALL_TIME):
            return None
        if window in words:
            return words[window]
        raise _no_board("There is no such window.", "window", [ALL_TIME, *words])
    span: BoardWindow = "weekly" if kind == "weekly" else "monthly"
    if window and words.get(window) != span:
        raise _no_board("This type has other windows.", "window", [span, LAST[span]])
    return span


def _no_board(message: str, field: str, choices: Collection[str]) -> Refusal:
    return Refusal("no_such_board", message, {"field": field, "choices": list(choices)})


def read_board(  # noqa: PLR0913, PLR0917 - who looks at what, when, and which part of it
    tx: Transaction, viewer: Viewer, asked: Asked, now: datetime, after: Key | None, limit: int
) -> tuple[BoardView, Page[Place]]:
    """A page of a board from the place behind `after` on, with the viewer's own row."""
    charter = load_charter(tx, viewer.company_id)
    rules = charter.rules.at(now)
    offset = int(after[0]) if after else 0
    part = _slice(tx, asked, rules, offset, limit + 1)
    around = _around(tx, asked, rules, viewer.member_id, 0)
    shown = part.rows[:limit]
    faces = read_faces(tx, viewer.company_id, {viewer.member_id, *(one.member_id for one in shown)})
    eye = _Eye(viewer, asked.board.category, rules, faces)
    entries = [eye.place(one) for one in shown]
    more = (shown[-1].position,) if len(part.rows) > limit else None
    view = BoardView(_head(charter, asked, around.members), eye.mine(around), entries)
    return view, Page(entries, more)


def read_my_place(
    tx: Transaction, viewer: Viewer, asked: Asked, now: datetime, since: datetime | None = None
) -> MyPlace:
    """The viewer's place, five on either side, and the gap to the next better rank.

    With `since` also why they moved.
    """
    charter = load_charter(tx, viewer.company_id)
    rules = charter.rules.at(now)
    around = _around(tx, asked, rules, viewer.member_id, NEIGHBOURS)
    ids = {viewer.member_id, *(one.member_id for one in around.rows)}
    eye = _Eye(viewer, asked.board.category, rules, read_faces(tx, viewer.company_id, ids))
    return MyPlace(
        _head(charter, asked, around.members),
        eye.mine(around),
        [eye.place(one) for one in around.rows],
        _gap(tx, eye, asked, rules, around),
        None
        if since is None or asked.closed_number is not None
        else _moved(tx, charter, viewer, asked, rules, since),
    )


def _moved(  # noqa: PLR0913, PLR0917 - who asks about which board
    tx: Transaction,
    charter: Charter,
    viewer: Viewer,
    asked: Asked,
    rules: RuleSet,
    since: datetime,
) -> MovedView:
    around = _around(tx, asked, rules, viewer.member_id, LOOKED_AT)
    found = read_moved(tx, charter, asked.board, around, viewer.member_id, since)
    ids = {viewer.member_id, *(one.standing.member_id for one in found.passed_me + found.i_passed)}
    eye = _Eye(viewer, asked.board.category, rules, read_faces(tx, viewer.company_id, ids))
    return MovedView(
        found.since,
        found.gained,
        found.facts,
        [eye.passed(one) for one in found.passed_me],
        [eye.passed(one) for one in found.i_passed],
        found.complete,
    )


def _gap(tx: Transaction, eye: _Eye, asked: Asked, rules: RuleSet, around: Around) -> Gap | None:
    """The distance to the last of those ahead; ties are passed over."""
    if around.rank == 1:
        return None
    ahead = [one for one in around.rows if one.rank < around.rank]
    # Of a large tie the row ahead stands further up than the neighbours do.
    one = ahead[-1] if ahead else _slice(tx, asked, rules, around.rank - 2, 1).rows[0]
    if asked.board.category == "level":
        mine = read_level(around.standing.value) if around.standing else (0, 1)
        theirs = read_level(one.value)
        return Gap(one.rank, theirs[1] - mine[1] if theirs[0] == mine[0] else None)
    if not eye.shows(one.member_id):
        return Gap(one.rank, None)
    return Gap(one.rank, one.value - (around.standing.value if around.standing else 0))


def _around(
    tx: Transaction, asked: Asked, rules: RuleSet, member_id: int, neighbours: int
) -> Around:
    if asked.closed_number is not None:
        return history.around(
            tx, asked.board.company_id, asked.closed_number, member_id, neighbours
        )
    found = shelf.read_around(asked.board, rules, member_id, neighbours)
    if found is None:
        shelf.want(asked.board.company_id)
        return sources.read_around(tx, asked.board, rules, member_id, neighbours)
    return found


def _slice(tx: Transaction, asked: Asked, rules: RuleSet, offset: int, limit: int) -> Slice:
    if asked.closed_number is not None:
        return history.entries(tx, asked.board.company_id, asked.closed_number, offset, limit)
    found = shelf.read_slice(asked.board, rules, offset, limit)
    return sources.read_slice(tx, asked.board, rules, offset, limit) if found is None else found


def _head(charter: Charter, asked: Asked, members: int) -> BoardHead:
    window: Window | None = asked.board.window
    return BoardHead(
        type=asked.type,
        category=asked.board.category,
        window=asked.word,
        character_class=asked.board.character_class or None,
        starts_at=window.starts_at if window else None,
        ends_at=window.ends_at if window else None,
        closes_at=closes_at(window.ends_at, charter.rules.at(window.starts_at)) if window else None,
        closed=asked.closed_number is not None,
        members=members,
    )


@dataclass(frozen=True, slots=True)
class Face:
    """What a row shows of a member."""

    username: str
    avatar_url: str
    character_class: str | None
    lifetime_xp: int
    prestige_level: int
    anonymous: bool


def read_faces(tx: Transaction, company_id: str, ids: Collection[int]) -> dict[int, Face]:
    """These members' faces, in one query."""
    return {
        row[0]: Face(*row[1:])
        for row in tx.rows(
            "SELECT id, username, avatar_url, character_class, lifetime_xp, prestige_level, "
            "anonymous FROM member WHERE company_id = %s AND id = ANY(%s)",
            (company_id, sorted(ids)),
        )
    }


@dataclass(frozen=True, slots=True)
class _Eye:
    """What one viewer sees of one category's rows."""

    viewer: Viewer
    category: Category
    rules: RuleSet
    faces: dict[int, Face]

    def shows(self, member_id: int) -> bool:
        """Whether the viewer sees that member's figure."""
        if self.category != "commission" or member_id == self.viewer.member_id:
            return True
        return self.viewer.sees_money or self.rules.boards.show_commission

    def place(self, one: Standing) -> Place:
        value = read_level(one.value)[1] if self.category == "level" else one.value
        shown = value if self.shows(one.member_id) else None
        return self._row(one.member_id, one.rank, one.position, shown)

    def passed(self, one: Passed) -> PassedView:
        shown = one.gained if self.shows(one.standing.member_id) else None
        return PassedView(self.place(one.standing), shown)

    def mine(self, around: Around) -> Place:
        """The viewer's own row, also where they have no place."""
        if around.standing is not None:
            return self.place(around.standing)
        nothing = 1 if self.category == "level" else 0
        return self._row(self.viewer.member_id, around.rank, None, nothing)

    def _row(self, member_id: int, rank: int, position: int | None, value: int | None) -> Place:
        face = self.faces[member_id]
        is_me = member_id == self.viewer.member_id
        hidden = face.anonymous and not is_me
        return Place(
            rank=rank,
            position=position,
            member_id=None if hidden else member_id,
            username="" if hidden else face.username,
            avatar_url=None if hidden else face.avatar_url or None,
            character_class=face.character_class,
            level=level_now(face.lifetime_xp, face.prestige_level, self.rules),
            prestige_level=face.prestige_level,
            value=value,
            anonymous=face.anonymous,
            is_me=is_me,
        )


def places_of(
    viewer: Viewer,
    category: Category,
    rules: RuleSet,
    faces: dict[int, Face],
    rows: Sequence[Standing],
) -> list[Place]:
    """Rows of any ranked list as this viewer sees them."""
    eye = _Eye(viewer, category, rules, faces)
    return [eye.place(one) for one in rows]
