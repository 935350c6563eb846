"""Dead letters: deliveries that could not be settled, to look at, send through again or drop.

The table is the queue of record. Whatever is done by hand leaves a line in the audit, in the same
transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from game.services.inbox import masking
from game.services.platform import sealing
from models.outgoing import Wake
from models.session import WORKER, Row, Transaction, transaction

PAGE = 100
COLUMNS = (
    "d.id, d.inbox_seq, d.company_id, d.type, d.error_group, d.error, d.attempts, d.state,"
    " d.actor, d.note, d.details, d.died_at, d.closed_at"
)


class NoSuchDeadLetter(Exception):
    """There is no open dead letter of this number."""

    def __init__(self, letter_id: int) -> None:
        self.letter_id = letter_id
        super().__init__(f"there is no open dead letter {letter_id}")


class ReasonMissing(Exception):
    """A delivery is dropped for good only with a reason."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One dead letter as people see it."""

    id: int
    inbox_seq: int
    company_id: str | None
    type: str
    error_group: str
    error: str
    attempts: int
    state: str
    actor: str
    note: str
    details: dict[str, Any]
    died_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which dead letters are meant. Empty fields allow everything."""

    state: str = "open"
    type: str = ""
    company_id: str = ""
    error_group: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A dead letter with its delivery; `body` is masked and safe to print."""

    letter: Letter
    webhook_id: str
    received_at: datetime
    body: str
    """Empty where there is none to show."""
    no_body: str
    """Why `body` is empty, in a sentence; itself empty where it is not."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Who did something by hand, and what they said about it."""

    actor: str
    note: str


def find(wanted: Filter, *, after: int = 0, limit: int = PAGE) -> list[Letter]:
    """Dead letters by number, newest first; `after` is the last number of the page before."""
    with transaction(WORKER) as tx:
        rows = tx.rows(
            f"SELECT {COLUMNS} FROM dead_letter d WHERE {_matching()}"  # noqa: S608 - constants
            " AND (%(after)s = 0 OR d.id < %(after)s) ORDER BY d.id DESC LIMIT %(limit)s",
            {**_values(wanted), "after": after, "limit": min(limit, PAGE)},
        )
    return [_letter(row) for row in rows]


def find_all(wanted: Filter) -> Iterator[Letter]:
    """Every dead letter that matches, page by page."""
    page = find(wanted)
    while page:
        yield from page
        page = find(wanted, after=page[-1].id)


def show(letter_id: int) -> Shown:
    """One dead letter with a safe view of its raw body. Raises NoSuchDeadLetter.

    A body that is gone or does not open is no error: the letter can be closed all the same.
    """
    with transaction(WORKER) as tx:
        rows = tx.rows(
            f"SELECT i.webhook_id, i.received_at, b.sealed, {COLUMNS} FROM dead_letter d"  # noqa: S608
            " JOIN inbox i ON i.seq = d.inbox_seq"
            " LEFT JOIN inbox_body b ON b.seq = i.seq AND b.received_at = i.received_at"
            " WHERE d.id = %s",
            (letter_id,),
        )
    if not rows:
        raise NoSuchDeadLetter(letter_id)
    webhook_id, received_at, sealed, *letter = rows[0]
    body, no_body = _body(webhook_id, sealed)
    return Shown(_letter(letter), webhook_id, received_at, body, no_body)


def replay(letter_ids: Sequence[int], actor: str, now: datetime, *, note: str = "") -> int:
    """Send these open letters through again, with fresh attempts; how many there were.

    A letter that is not open any more is left as it is, so calling twice replays once.
    """
    with transaction(WORKER) as tx:
        closed = _close(tx, letter_ids, "replayed", Hand(actor, note), now)
        tx.run(
            "UPDATE inbox SET state = 'waiting', attempts = 0, crashes = 0, alone = false,"
            " next_attempt_at = NULL, settled_at = NULL WHERE seq = ANY(%s) AND state = 'dead'",
            ([seq for _, seq, _ in closed],),
        )
        _audit(tx, "dead_letter.replay", closed, Hand(actor, note), now)
        if closed:
            tx.send(Wake())
    return len(closed)


def discard(letter_ids: Sequence[int], actor: str, reason: str, now: datetime) -> int:
    """Drop these open letters for good; how many there were. Raises ReasonMissing.

    The inbox row stays `dead` with its id and hash: a second delivery stays a duplicate.
    """
    if not reason.strip():
        raise ReasonMissing
    with transaction(WORKER) as tx:
        closed = _close(tx, letter_ids, "discarded", Hand(actor, reason), now)
        _audit(tx, "dead_letter.discard", closed, Hand(actor, reason), now)
    return len(closed)


def states(letter_ids: Sequence[int]) -> dict[int, str]:
    """The state of each of these letters that there is."""
    with transaction(WORKER) as tx:
        sql = "SELECT id, state FROM dead_letter WHERE id = ANY(%s)"
        return {number: str(state) for number, state in tx.rows(sql, (list(letter_ids),))}


def open_ids(tx: Transaction) -> list[int]:
    """The numbers of all open letters, oldest first: what the broker's mirror shows."""
    rows = tx.rows("SELECT id FROM dead_letter WHERE state = 'open' ORDER BY id")
    return [letter_id for (letter_id,) in rows]


def _close(tx: Transaction, ids: Sequence[int], state: str, by: Hand, now: datetime) -> list[Row]:
    return tx.rows(
        "UPDATE dead_letter SET state = %s, actor = %s, note = %s, closed_at = %s"
        " WHERE state = 'open' AND id = ANY(%s) RETURNING id, inbox_seq, company_id",
        (state, by.actor, by.note, now, list(ids)),
    )


def _audit(tx: Transaction, action: str, closed: list[Row], by: Hand, now: datetime) -> None:
    for letter_id, inbox_seq, company_id in closed:
        tx.run(
            "INSERT INTO audit (company_id, actor, action, subject, details, at)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            (
                company_id,
                by.actor,
                action,
                f"dead_letter:{letter_id}",
                json.dumps({"inbox_seq": inbox_seq, "note": by.note}),
                now,
            ),
        )


def _body(webhook_id: str, sealed: bytes | None) -> tuple[str, str]:
    """(safe view of the body, why there is none)."""
    if sealed is None:
        return "", "The raw body is past its retention."
    try:
        body = sealing.open_sealed(webhook_id, bytes(sealed))
    except sealing.SealBroken as broken:
        return "", f"The raw body does not open: {broken}."
    return masking.safe_view(body), ""


def _matching() -> str:
    return (
        "(%(state)s = '' OR d.state = %(state)s) AND (%(type)s = '' OR d.type = %(type)s)"
        " AND (%(company_id)s = '' OR d.company_id = %(company_id)s)"
        " AND (%(error_group)s = '' OR d.error_group = %(error_group)s)"
        " AND (%(since)s::timestamptz IS NULL OR d.died_at >= %(since)s)"
        " AND (%(until)s::timestamptz IS NULL OR d.died_at < %(until)s)"
    )


def _values(wanted: Filter) -> dict[str, Any]:
    return {
        "state": wanted.state,
        "type": wanted.type,
        "company_id": wanted.company_id,
        "error_group": wanted.error_group,
        "since": wanted.since,
        "until": wanted.until,
    }


def _letter(row: Sequence[Any]) -> Letter:
    return Letter(*row)
