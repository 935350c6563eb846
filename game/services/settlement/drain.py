"""Taking a batch, settling it, and isolating what breaks it.

An error of the database or of our own code rolls the batch back; the batch is then halved until
the delivery at fault is alone, and only that one is put aside. A lost connection is nobody's
fault: the batch stays waiting and the error goes up to whoever called.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from psycopg2 import DatabaseError, InterfaceError, OperationalError
from sqlalchemy.exc import DBAPIError

from game.services.inbox import failures
from game.services.inbox.reading import Fallen
from game.services.inbox.run_journal import end_in, journal
from game.services.inbox.turns import (
    Delivery,
    OwnFact,
    Work,
    chosen_work,
    oldest_work,
    take_turn,
    take_turns,
)
from game.services.settlement.settle import Outcome, settle_buyers, settle_work
from models.session import WORKER, Transaction, transaction

log = structlog.get_logger(__name__)

BATCH_SECONDS = 30
PASSING_CLASSES = ("08", "53", "57P")
"""SQLSTATE beginnings of a database that is away, full or stopping: nobody's fault."""


@dataclass(frozen=True, slots=True)
class Drained:
    """What one call settled. `more`: something was there, so it is worth looking again."""

    settled: int
    more: bool


class _Turntable:
    """Where the next batch of this process begins among the companies."""

    def __init__(self) -> None:
        self.after = ""
        self.suspect_first = False
        """Every other batch: else deliveries that go alone would wait as long as others come."""

    def move(self, companies: Sequence[str]) -> None:
        self.after = companies[-1] + "\x01" if companies else ""


_turntable = _Turntable()


def drain(now: datetime, batch: int = 200) -> Drained:
    """Settle one batch of whatever waits, fairly between companies.

    Harmless when called by many processes at once. Raises the database's error when it is away.
    """
    _turntable.suspect_first = not _turntable.suspect_first
    work: Work | None = None
    run = 0
    try:
        with transaction(WORKER, timeout_ms=BATCH_SECONDS * 1000, batch=True) as tx:
            companies = _next_companies(tx)
            if not companies:
                return Drained(0, more=False)
            work = oldest_work(tx, companies, batch, suspect_first=_turntable.suspect_first)
            if not work.size:
                return Drained(0, more=True)
            run = journal().begin([one.seq for one in work.deliveries])
            outcome = _settle(tx, work, run, now)
    except Exception as error:
        if run:
            journal().end(run)
        if work is None or is_passing(error):
            raise
        log.warning("batch_halved", size=work.size, error=str(error)[:300])
        return Drained(_isolate(work, error, now), more=True)
    _bury_fallen(outcome.fallen, now)
    return Drained(outcome.handled + outcome.ignored, more=True)


def settle_due_buyers(company_id: str, buyer_ids: Sequence[str], now: datetime) -> None:
    """Value some buyers of one company anew, in a transaction of its own."""
    with transaction(WORKER, company_id, timeout_ms=BATCH_SECONDS * 1000, batch=True) as tx:
        take_turn(tx, company_id)
        settle_buyers(tx, [(company_id, buyer) for buyer in buyer_ids], now)


def _next_companies(tx: Transaction) -> list[str]:
    """The turns of the companies behind those of the batch before; past the last, the first."""
    companies = take_turns(tx, _turntable.after)
    if not companies and _turntable.after:
        companies = take_turns(tx, "")
    _turntable.move(companies)
    return companies


def _settle(tx: Transaction, work: Work, run: int, now: datetime) -> Outcome:
    outcome = settle_work(tx, work, now)
    end_in(tx, run)
    return outcome


def _isolate(work: Work, error: Exception, now: datetime) -> int:
    """Settle a broken batch in halves; how many were settled in all."""
    if work.size == 1:
        _put_aside(work, error, now)
        return 0
    settled = 0
    for deliveries, facts in _halves(work):
        part: Work | None = None
        run = 0
        try:
            with transaction(WORKER, timeout_ms=BATCH_SECONDS * 1000, batch=True) as tx:
                for company in work.companies:
                    take_turn(tx, company)
                part = chosen_work(
                    tx, work.companies, [d.seq for d in deliveries], [f.id for f in facts]
                )
                if not part.size:
                    continue
                run = journal().begin([one.seq for one in part.deliveries])
                outcome = _settle(tx, part, run, now)
        except Exception as again:
            if run:
                journal().end(run)
            if part is None or is_passing(again):
                raise
            settled += _isolate(part, again, now)
        else:
            _bury_fallen(outcome.fallen, now)
            settled += outcome.handled + outcome.ignored
    return settled


def _halves(work: Work) -> list[tuple[Sequence[Delivery], Sequence[OwnFact]]]:
    """Deliveries in two halves; our own facts are set apart first, then halved themselves."""
    if work.deliveries and work.facts:
        return [(work.deliveries, ()), ((), work.facts)]
    middle = work.size // 2
    if work.deliveries:
        return [(work.deliveries[:middle], ()), (work.deliveries[middle:], ())]
    return [((), work.facts[:middle]), ((), work.facts[middle:])]


def _put_aside(work: Work, error: Exception, now: datetime) -> None:
    """Take the one row at fault out of the way of all others."""
    group = f"{type(error).__name__}"
    for delivery in work.deliveries:
        _bury_fallen((Fallen(delivery, f"bug:{group}", str(error), permanent=False),), now)
    for fact in work.facts:
        log.error(
            "own_fact_put_aside", fact=fact.id, kind=fact.kind, error=str(error), exc_info=error
        )
        with transaction(WORKER) as tx:
            tx.run("UPDATE member_fact SET settled = true WHERE id = %s", (fact.id,))


def _bury_fallen(fallen: Sequence[Fallen], now: datetime) -> None:
    if fallen:
        with transaction(WORKER) as tx:
            failures.record(tx, fallen, now)


def is_passing(error: BaseException) -> bool:
    """Whether an error says that the database is away rather than that a row is at fault."""
    original = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, InterfaceError):
        return True
    if not isinstance(original, DatabaseError):
        return False
    if original.pgcode is None:  # said by the driver, not by Postgres: only a lost connection
        return isinstance(original, OperationalError)
    return original.pgcode.startswith(PASSING_CLASSES)
