"""A dry run: what a dead letter would do if it were sent through again, tried, then undone.

The engine settles the delivery or fact in a transaction that is always rolled back, so what is
shown is what the present rules and code would do, and nothing of it stays or is sent to anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from game.services.inbox.dead_letters import NoSuchDeadLetter
from game.services.inbox.turns import chosen_work, take_turn
from game.services.settlement.settle import settle_work
from models.passing import is_passing
from models.session import WORKER, Transaction, transaction

FIGURES = ("lifetime_xp", "level_reached", "total_referrals", "quests_claimed")
MONEY = ("pending_minor", "held_minor", "payable_minor", "paid_minor")

Figures = dict[str, int]
"""Name of a figure -> its value."""


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of one member that would be another."""

    member_id: int
    username: str
    figure: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What would come of it: `handled`, `ignored` or `dead` with its error; and whose figures."""

    outcome: str
    error: str
    receipts: tuple[str, ...]
    """Keys of the receipts that would be written."""
    changes: tuple[Change, ...]


class _Undo(Exception):
    """Carries the result out of the transaction and rolls it back on the way."""

    def __init__(self, result: Rehearsal) -> None:
        self.result = result


def rehearse(letter_id: int, now: datetime) -> Rehearsal:
    """Settle an open dead letter and undo it. Raises NoSuchDeadLetter.

    What still breaks the database or our own code is its result, as it would be its end.
    """
    try:
        with transaction(WORKER, timeout_ms=30_000) as tx:
            _undo(_try(tx, letter_id, now))
    except _Undo as undone:
        return undone.result
    except NoSuchDeadLetter:
        raise
    except Exception as error:
        if is_passing(error):
            raise
        return Rehearsal("dead", str(error), (), ())


def _undo(result: Rehearsal) -> NoReturn:
    raise _Undo(result)


def _try(tx: Transaction, letter_id: int, now: datetime) -> Rehearsal:
    rows = tx.rows(
        "SELECT inbox_seq, fact_id, coalesce(company_id, '') FROM dead_letter"
        " WHERE id = %s AND state = 'open'",
        (letter_id,),
    )
    if not rows:
        raise NoSuchDeadLetter(letter_id)
    seq, fact_id, company = rows[0]
    take_turn(tx, company)
    tx.run("UPDATE inbox SET state = 'waiting' WHERE seq = %s", (seq,))
    tx.run(
        "UPDATE member_fact SET aside = '' WHERE company_id = %s AND id = %s", (company, fact_id)
    )
    [(newest,)] = tx.rows("SELECT coalesce(max(seq), 0) FROM receipt")
    before = _members(tx, company)
    seqs, facts = ([seq], []) if fact_id is None else ([], [fact_id])
    outcome = settle_work(tx, chosen_work(tx, [company], seqs, facts), now)
    if outcome.fallen:
        return Rehearsal("dead", outcome.fallen[0].error, (), ())
    receipts = tx.rows(
        "SELECT key FROM receipt WHERE company_id = %s AND seq > %s ORDER BY seq", (company, newest)
    )
    changes = _changes(before, _members(tx, company))
    return Rehearsal(
        "ignored" if outcome.ignored else "handled", "", tuple(key for (key,) in receipts), changes
    )


def _members(tx: Transaction, company: str) -> dict[tuple[int, str], Figures]:
    """All figures of the company's members, with their money by currency."""
    found: dict[tuple[int, str], Figures] = {}
    for member, name, *values in tx.rows(
        f"SELECT id, username, {', '.join(FIGURES)} FROM member WHERE company_id = %s",  # noqa: S608
        (company,),
    ):
        found[member, name] = dict(zip(FIGURES, values, strict=True))
    for member, name, currency, *values in tx.rows(
        f"SELECT m.id, m.username, b.currency, {', '.join(f'b.{x}' for x in MONEY)}"  # noqa: S608
        " FROM balance b JOIN member m ON m.company_id = b.company_id AND m.id = b.member_id"
        " WHERE b.company_id = %s",
        (company,),
    ):
        money = {f"{x} {currency}": value for x, value in zip(MONEY, values, strict=True)}
        found[member, name].update(money)
    return found


def _changes(
    before: dict[tuple[int, str], Figures], after: dict[tuple[int, str], Figures]
) -> tuple[Change, ...]:
    found: list[Change] = []
    for (member, name), figures in sorted(after.items()):
        was: dict[str, Any] = before.get((member, name), {})
        found += [
            Change(member, name, figure, was.get(figure, 0), value)
            for figure, value in figures.items()
            if was.get(figure, 1 if figure == "level_reached" else 0) != value
        ]
    return tuple(found)
