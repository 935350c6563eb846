"""Scores as Postgres holds them: the truth that Redis copies, and ranks while it has no copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from game.rules.boards import FIRST_LEVEL, PRESTIGE_STEP, Score, Standing
from game.rules.calendar_windows import Window
from game.rules.levels import run_cost
from game.rules.ruleset import RuleSet
from game.services.boards.board import Board
from models.session import Row, Transaction

LIFETIME = {
    "xp": ("m.lifetime_xp", "m.xp_at"),
    "referrals": ("m.total_referrals", "m.referrals_at"),
    "commission": ("m.earned_usd_cents", "m.commission_at"),
}
OF_DAYS = {
    "xp": ("sum(d.xp)", "max(d.xp_at)"),
    "referrals": ("sum(d.referrals)", "max(d.referrals_at)"),
    "commission": ("sum(d.kept_usd_cents)", "max(d.kept_at)"),
}
PRESTIGED_AT = (
    "(SELECT max(f.at) FROM member_fact f WHERE m.prestige_level > 0 "
    "AND f.company_id = m.company_id AND f.member_id = m.id AND f.kind = 'prestige')"
)
# The level's formula turned around, then set right by one where the root was rounded.
LEVEL = (
    "SELECT id, company_id, member_class, prestige_level, newest_at, guess "  # noqa: S608
    "  + (guess * (guess + 1) <= steps)::int - (guess * (guess - 1) > steps)::int AS level "
    "FROM (SELECT m.id, m.company_id, m.character_class AS member_class, m.prestige_level, "
    f"  greatest(m.xp_at, {PRESTIGED_AT}) AS newest_at, steps, "
    "  floor((1 + sqrt(1 + 4 * steps::float8)) / 2)::bigint AS guess "
    "  FROM member m CROSS JOIN LATERAL (SELECT greatest("
    "    m.lifetime_xp - %(cost)s::bigint * m.prestige_level, 0) / %(coefficient)s::bigint "
    "    AS steps) s WHERE m.company_id = %(company)s) g"
)
ORDER = "value DESC, newest_at NULLS FIRST, id"
REVERSED = "s.value, s.newest_at DESC NULLS LAST, s.id DESC"
RANK_OF_FIRST = "(SELECT count(*) + 1 FROM score WHERE value > (SELECT max(value) FROM shown))"
IS_AHEAD = (
    "(m.id IS NULL OR (m.value, coalesce(s.newest_at, '-infinity'), s.id) "
    "< (s.value, coalesce(m.newest_at, '-infinity'), m.id))"
)
"""Whether a score `s` stands ahead of `m`: a larger value, else an older newest fact, else id."""
IN_WINDOW = (
    # The dates only lead to the rows: a zone chosen since may call the same moments otherwise.
    "d.day BETWEEN %(first)s::date - 4 AND %(last)s::date + 4 "
    "AND d.starts_at >= %(starts)s AND d.starts_at < %(ends)s"
)


@dataclass(frozen=True, slots=True)
class Around:
    """A member's place with the rows about it.

    `standing` is None where the member has no place; `rank` is then the one shared by all of
    those, and `rows` are the last places.
    """

    standing: Standing | None
    rank: int
    members: int
    rows: list[Standing]


@dataclass(frozen=True, slots=True)
class Slice:
    """Consecutive places of a board, and how many it has in all."""

    members: int
    rows: list[Standing]


def read_slice(tx: Transaction, board: Board, rules: RuleSet, offset: int, limit: int) -> Slice:
    """Places from `offset` (from 0) on, found by Postgres without sorting more than it must."""
    scores, params = scores_of(board, rules)
    rows = tx.rows(
        f"WITH score AS MATERIALIZED ({scores}), shown AS ("  # noqa: S608 - our own names
        f"  SELECT * FROM score ORDER BY {ORDER} LIMIT %(limit)s OFFSET %(offset)s) "
        f"SELECT id, value, newest_at, {RANK_OF_FIRST}, (SELECT count(*) FROM score) "
        f"FROM shown ORDER BY {ORDER}",
        {**params, "limit": limit, "offset": offset},
    )
    if rows or not offset:
        return Slice(rows[0][4] if rows else 0, _standings(rows, offset + 1))
    return Slice(read_slice(tx, board, rules, 0, 1).members, [])


def read_around(
    tx: Transaction, board: Board, rules: RuleSet, member_id: int, neighbours: int
) -> Around:
    """A member's place and `neighbours` on either side, found by Postgres in a few passes."""
    scores, params = scores_of(board, rules)
    rows = tx.rows(
        f"WITH score AS MATERIALIZED ({scores}), "  # noqa: S608 - our own names
        "mine AS (SELECT * FROM score WHERE id = %(member)s), "
        f"ahead AS (SELECT s.* FROM score s LEFT JOIN mine m ON true WHERE {IS_AHEAD} "
        f"  ORDER BY {REVERSED} LIMIT %(neighbours)s), "
        f"behind AS (SELECT s.* FROM score s JOIN mine m ON NOT {IS_AHEAD} "
        f"  WHERE s.id <> m.id ORDER BY {ORDER} LIMIT %(neighbours)s), "
        "shown AS (SELECT * FROM ahead UNION ALL SELECT * FROM mine UNION ALL "
        "  SELECT * FROM behind) "
        f"SELECT id, value, newest_at, {RANK_OF_FIRST}, (SELECT count(*) FROM score), "
        f"  (SELECT count(*) FROM score s LEFT JOIN mine m ON true WHERE {IS_AHEAD}) "
        f"FROM shown ORDER BY {ORDER}",
        {**params, "member": member_id, "neighbours": neighbours},
    )
    if not rows:
        members = read_slice(tx, board, rules, 0, 1).members
        return Around(None, members + 1, members, [])
    members, before = rows[0][4], rows[0][5]
    place = next((at for at, row in enumerate(rows) if row[0] == member_id), len(rows))
    standings = _standings(rows, before - place + 1)
    mine = standings[place] if place < len(rows) else None
    return Around(mine, mine.rank if mine else members + 1, members, standings)


def read_scores(
    tx: Transaction, board: Board, rules: RuleSet, members: Sequence[int]
) -> list[Score]:
    """The scores of these members, also of those who have none."""
    scores, params = scores_of(board, rules)
    found = {
        row[0]: Score(row[0], int(row[1]), row[2])
        for row in tx.rows(
            f"SELECT id, value, newest_at FROM ({scores}) s "  # noqa: S608 - our own names
            "WHERE id = ANY(%(members)s)",
            {**params, "members": list(members)},
        )
    }
    return [found.get(member, Score(member, 0, None)) for member in members]


def _standings(rows: Sequence[Row], first: int) -> list[Standing]:
    """Consecutive rows with their places; the rank of the first comes with them."""
    standings: list[Standing] = []
    for position, row in enumerate(rows, first):
        value, rank = int(row[1]), position
        if not standings:
            rank = int(row[3])
        elif standings[-1].value == value:
            rank = standings[-1].rank
        standings.append(Standing(row[0], value, row[2], rank, position))
    return standings


def scores_of(board: Board, rules: RuleSet) -> tuple[str, dict[str, Any]]:
    """The query of (id, value, newest_at) of all members who have a place, and its parameters."""
    params: dict[str, Any] = {
        "company": board.company_id,
        "class": board.character_class,
        "cost": run_cost(rules),
        "coefficient": rules.level_coefficient,
    }
    if board.window is not None:
        return _of_window(board, board.window, params)
    if board.category == "level":
        value = f"prestige_level * {PRESTIGE_STEP}::bigint + level - {FIRST_LEVEL}"
        sql = f"SELECT id, {value} AS value, newest_at FROM ({LEVEL}) l WHERE {value} > 0"  # noqa: S608
        return sql + (" AND member_class = %(class)s" if board.character_class else ""), params
    value, newest = LIFETIME[board.category]
    sql = (
        f"SELECT m.id, {value} AS value, {newest} AS newest_at FROM member m "  # noqa: S608
        f"WHERE m.company_id = %(company)s AND {value} > 0"
    )
    return sql + (" AND m.character_class = %(class)s" if board.character_class else ""), params


def _of_window(board: Board, window: Window, params: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    value, newest = OF_DAYS[board.category]
    among = (
        "JOIN member m ON m.company_id = d.company_id AND m.id = d.member_id "
        "AND m.character_class = %(class)s "
        if board.character_class
        else ""
    )
    sql = (
        f"SELECT d.member_id AS id, {value}::bigint AS value, {newest} AS newest_at "  # noqa: S608
        f"FROM member_day d {among}WHERE d.company_id = %(company)s AND {IN_WINDOW} "
        f"GROUP BY d.member_id HAVING {value} > 0"
    )
    return sql, {**params, **bounds(window)}


def bounds(window: Window) -> dict[str, datetime | object]:
    """The parameters of `IN_WINDOW`."""
    return {
        "first": window.first_day,
        "last": window.last_day,
        "starts": window.starts_at,
        "ends": window.ends_at,
    }
