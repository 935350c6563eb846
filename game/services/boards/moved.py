"""Why somebody moved on a board: their own facts since a moment, and who passed whom by what.

Only the nearest places on either side are looked at. A value of then is today's less what was
posted since; of a payment's figures other than XP that is read from what its receipts say was
taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from game.rules.boards import Category, Standing
from game.rules.takeback import USD, kept_of
from game.services.boards.board import Board
from game.services.boards.sources import Around
from game.services.rulesets import wording
from game.services.rulesets.charter import Charter
from models.session import Row, Transaction

LOOKED_AT = 50
"""Places on either side."""
FACTS = 20
HALF = 2

POSTED = """
SELECT r.member_id, r.kind, r.source_id, r.reason, r.xp, r.at, r.posted_at, r.inputs, q.template,
       e.usd_value_cents, e.counts, old.inputs
FROM receipt r
LEFT JOIN quest q ON r.kind = 'quest' AND q.company_id = r.company_id
  AND q.id = CASE WHEN r.kind = 'quest' THEN r.source_id::bigint END
LEFT JOIN payment_effect e ON r.kind = 'payment' AND e.company_id = r.company_id
  AND e.payment_id = r.source_id
LEFT JOIN receipt old ON r.kind = 'payment' AND old.company_id = r.company_id
  AND old.member_id = r.member_id AND old.key = CASE WHEN r.kind = 'payment' THEN
    'pay:' || r.source_id || ':' || substring(r.key FROM '[0-9]+$')::int - 1 END
WHERE r.company_id = %(company)s AND r.member_id = ANY(%(members)s)
  AND r.posted_at >= %(since)s
  AND (%(starts)s::timestamptz IS NULL OR (r.at >= %(starts)s AND r.at < %(ends)s))
ORDER BY r.member_id, r.seq
"""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that moved the member's own value. `at`: when it happened."""

    kind: str
    title: str
    amount: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Passed:
    """Somebody who changed places with the member. `gained`: their value since."""

    standing: Standing
    gained: int


@dataclass(frozen=True, slots=True)
class Moved:
    """What happened to a member's place since a moment.

    `complete`: nobody further away than was looked at can have passed.
    """

    since: datetime
    gained: int
    facts: list[Fact]
    passed_me: list[Passed]
    i_passed: list[Passed]
    complete: bool


def read_moved(  # noqa: PLR0913, PLR0917 - whose place on which board, since when
    tx: Transaction, charter: Charter, board: Board, around: Around, me: int, since: datetime
) -> Moved:
    """Compare a member's neighbourhood with how it was at `since`, in one query."""
    mine = around.standing.value if around.standing else 0
    others = [one for one in around.rows if one.member_id != me]
    found = _posted(tx, board, [me, *(one.member_id for one in others)], since)
    facts = _facts(charter, board.category, found.get(me, ()))
    gained = sum(fact.amount for fact in facts)
    before = mine - gained
    passed_me, i_passed = [], []
    for one in others:
        theirs = _gained(board.category, found.get(one.member_id, ()))
        if one.value > mine and one.value - theirs <= before:
            passed_me.append(Passed(one, theirs))
        elif one.value < mine and one.value - theirs >= before:
            i_passed.append(Passed(one, theirs))
    place = around.standing.position if around.standing else around.members + 1
    reaches = place <= LOOKED_AT + 1 and place + LOOKED_AT >= around.members
    facts.sort(key=lambda fact: fact.at, reverse=True)
    return Moved(since, gained, facts[:FACTS], passed_me, i_passed, reaches)


def _posted(
    tx: Transaction, board: Board, members: Sequence[int], since: datetime
) -> dict[int, list[Row]]:
    window = board.window
    rows = tx.rows(
        POSTED,
        {
            "company": board.company_id,
            "members": list(members),
            "since": since,
            "starts": window.starts_at if window else None,
            "ends": window.ends_at if window else None,
        },
    )
    found: dict[int, list[Row]] = defaultdict(list)
    for member, of_member in groupby(rows, key=lambda row: row[0]):
        found[member] = list(of_member)
    return found


def _gained(category: Category, rows: Sequence[Row]) -> int:
    return sum(_amount(category, row) for row in rows)


def _facts(charter: Charter, category: Category, rows: Sequence[Row]) -> list[Fact]:
    facts = []
    for row in rows:
        amount = _amount(category, row)
        if amount:
            kind, source, reason, at, template = row[1], row[2], row[3], row[5], row[8]
            title = wording.receipt_title(kind, reason, source, template, charter.rules)
            facts.append(Fact(kind, title, amount, at))
    return facts


def _amount(category: Category, row: Row) -> int:
    """What a receipt changed of the value that a board ranks."""
    kind, xp, inputs = row[1], row[4], row[7]
    if category in ("xp", "level"):
        return int(xp)
    value, counts, before = row[9], row[10], row[11]
    if kind != "payment" or value is None:
        return 0
    return _worth(category, inputs, value, counts) - (
        _worth(category, before, value, counts) if before is not None else 0
    )


def _worth(category: Category, inputs: object, value: int, counts: object) -> int:
    """A payment's part in the value after the posting that wrote these inputs."""
    if not isinstance(inputs, dict) or inputs.get("credited") is False:
        return 0
    num, den = inputs.get("taken", (0, 1))
    if category == "referrals":
        return int(bool(counts) and num * HALF < den)
    if inputs.get("currency") == USD:
        return int(inputs.get("kept_minor", 0))
    return kept_of(value, (num, den))
