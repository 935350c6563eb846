"""Writing a closed board down: its places, their hash, and the link to the board before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from game.rules import board_proofs
from game.rules.board_proofs import FIRST, digest
from game.rules.boards import Standing
from game.rules.ruleset import RuleSet
from game.services.boards import history
from game.services.boards.board import Board
from game.services.boards.history import Closed
from game.services.boards.sources import scores_of
from game.services.platform import bulk
from models.session import Transaction

NEWEST_RECEIPT = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM receipt_seq_seq"
SALTS = "SELECT replace(gen_random_uuid()::text, '-', '') FROM generate_series(1, %s)"
ROWS_A_STATEMENT = 50_000


def newest_receipt(tx: Transaction) -> int:
    """The number of the newest receipt of all; the company's turn must be held."""
    return int(tx.rows(NEWEST_RECEIPT)[0][0])


def freeze(tx: Transaction, board: Board, rules: RuleSet, now: datetime) -> Closed | None:
    """Write a window's final ranks down, once; None = they were before.

    The company's turn must be held: then no batch is half way, and `through_seq` says which
    receipts count.
    """
    if board.window is None or history.number_of(tx, board) is not None:
        return None
    company = board.company_id
    last = tx.rows(
        "SELECT number, hash FROM leaderboard_window WHERE company_id = %s "
        "ORDER BY number DESC LIMIT 1",
        (company,),
    )
    number, previous = (last[0][0] + 1, last[0][1]) if last else (1, FIRST)
    through = newest_receipt(tx)
    standings = _ranked(tx, board, rules)
    salts = [row[0] for row in tx.rows(SALTS, (len(standings),))]
    leaves = [
        digest(history.entry_text(company, number, one, salt))
        for one, salt in zip(standings, salts, strict=True)
    ]
    closed = Closed(
        number=number,
        window=board.window.kind,
        category=board.category,
        starts_at=board.window.starts_at,
        ends_at=board.window.ends_at,
        closed_at=now,
        through_seq=through,
        members=len(standings),
        root=board_proofs.root_of(leaves),
        previous=previous,
        hash="",
    )
    _write(tx, company, closed, standings, salts)
    return closed


def _ranked(tx: Transaction, board: Board, rules: RuleSet) -> list[Standing]:
    scores, params = scores_of(board, rules)
    return [
        Standing(row[0], int(row[1]), row[2], row[3], row[4])
        for row in tx.rows(
            "SELECT id, value, newest_at, rank() OVER (ORDER BY value DESC), "  # noqa: S608
            "row_number() OVER (ORDER BY value DESC, newest_at NULLS FIRST, id) "
            f"FROM ({scores}) s ORDER BY 5",
            params,
        )
    ]


def _write(
    tx: Transaction, company: str, closed: Closed, standings: list[Standing], salts: list[str]
) -> None:
    window: dict[str, Any] = {
        "company_id": company,
        "number": closed.number,
        "time_window": closed.window,
        "category": closed.category,
        "starts_at": closed.starts_at,
        "ends_at": closed.ends_at,
        "closed_at": closed.closed_at,
        "through_seq": closed.through_seq,
        "members": closed.members,
        "root": closed.root,
        "previous": closed.previous,
        "hash": digest(closed.record(company)),
    }
    bulk.insert(tx, "leaderboard_window", [window])
    for begin in range(0, len(standings), ROWS_A_STATEMENT):
        until = begin + ROWS_A_STATEMENT
        bulk.insert(
            tx,
            "leaderboard_entries",
            [
                {
                    "company_id": company,
                    "number": closed.number,
                    "position": one.position,
                    "member_id": one.member_id,
                    "rank": one.rank,
                    "value": one.value,
                    "newest_at": one.newest_at,
                    "salt": salt,
                }
                for one, salt in zip(standings[begin:until], salts[begin:until], strict=True)
            ],
        )
