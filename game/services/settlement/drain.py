"""Taking a batch, settling it, and isolating what breaks it.

Companies are settled together as long as that works. When a batch fails, it is rolled back with
all its turns, and each of its companies goes alone (`troubled`): those that work are through at
once, one that is held up rests, and in one that is broken smaller and smaller portions find the
row at fault, which alone is put aside. A server that is away is nobody's fault: the error goes up
to whoever called, and everything stays as it was.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from game.services.inbox import failures
from game.services.inbox.reading import Fallen
from game.services.inbox.run_journal import end_in, journal
from game.services.inbox.turns import Work, oldest_work, take_turn, take_turns, try_turn
from game.services.settlement.settle import Settled, settle_buyers, settle_work
from game.services.settlement.troubled import Troubled
from models.passing import Trouble, trouble
from models.session import LOCK_MS, WORKER, Transaction, transaction

log = structlog.get_logger(__name__)

BATCH_SECONDS = 30
BATCH = 200
ALONE_SECONDS = 0.3
"""How long the companies in trouble may keep the others waiting at a stretch."""


@dataclass(frozen=True, slots=True)
class Drained:
    """What one call settled. `more`: something was there, so it is worth looking again."""

    settled: int
    more: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one statement of a batch may take, and wait for somebody else's lock.

    `slow`: whether companies that were too slow for such limits are tried; None = with all others.
    """

    statement_ms: int
    lock_ms: int
    slow: bool | None = None


PATIENT = Limits(BATCH_SECONDS * 1000, LOCK_MS)
"""For who has nobody else to serve. What does not get through alone within these counts as
failed, except for a lock: whoever holds that is at fault."""
PROMPT = Limits(400, 100)
"""For who serves everybody: with one company held up or slow, the others are through within 1 s.

A statement of a full batch takes some milliseconds, and so long are locks held by a member's own
action. A batch whose time is up costs no more than that time: its companies go alone."""


class _Turntable:
    """Where the next batch of this process begins among the companies."""

    def __init__(self) -> None:
        self.after = ""
        self.suspect_first = False
        """Every other batch: else what goes alone would wait as long as others come."""

    def move(self, companies: Sequence[str]) -> None:
        self.after = companies[-1] + "\x01" if companies else ""


_turntable = _Turntable()
_troubled = Troubled()
forget_troubled = _troubled.forget


def drain(now: datetime, batch: int = BATCH, limits: Limits = PATIENT) -> Drained:
    """Settle one batch of whatever waits, fairly between companies; then those in trouble.

    Harmless when called by many processes at once. Raises the database's error when it is away.
    """
    _turntable.suspect_first = not _turntable.suspect_first
    together = _settle_together(now, batch, limits)
    alone = _settle_troubled(now, batch, limits)
    return Drained(together.settled + alone.settled, more=together.more or alone.more)


def drain_slow(now: datetime) -> bool:
    """Give one company that was too slow for the others all the time it needs; True = it moved."""
    found = _troubled.next_due(slow=True)
    return found is not None and _settle_alone(*found, now, BATCH, PATIENT).more


def settle_due_buyers(company_id: str, buyer_ids: Sequence[str], now: datetime) -> None:
    """Value some buyers of one company anew, in a transaction of its own."""
    with transaction(WORKER, company_id, timeout_ms=BATCH_SECONDS * 1000, batch=True) as tx:
        take_turn(tx, company_id)
        settle_buyers(tx, [(company_id, buyer) for buyer in buyer_ids], now)


def _settle_together(now: datetime, batch: int, limits: Limits) -> Drained:
    """One batch of all companies that are in no trouble."""
    work: Work | None = None
    run = 0
    try:
        with transaction(
            WORKER, timeout_ms=limits.statement_ms, lock_ms=limits.lock_ms, batch=True
        ) as tx:
            companies = _next_companies(tx)
            if not companies:
                return Drained(0, more=False)
            work = oldest_work(tx, companies, batch, suspect_first=_turntable.suspect_first)
            if not work.size:
                return Drained(0, more=True)
            run = _note(work)
            outcome = _settle(tx, work, run, now)
    except Exception as error:
        _take_back(run)
        if work is None or trouble(error) is Trouble.AWAY:
            raise
        log.warning(
            "batch_failed", size=work.size, companies=len(work.owners), error=str(error)[:300]
        )
        if len(work.owners) > 1 or work.size == 1:
            _troubled.suspect(work.owners, batch)
        else:
            _troubled.failed(work.owners[0], trouble(error), work.size)
        return Drained(0, more=True)
    return Drained(outcome.handled + outcome.ignored, more=True)


def _settle_troubled(now: datetime, batch: int, limits: Limits) -> Drained:
    """One company in trouble after the other, for a moment."""
    until = time.monotonic() + ALONE_SECONDS
    settled, more = 0, False
    while (found := _troubled.next_due(slow=limits.slow)) is not None:
        done = _settle_alone(*found, now, batch, limits)
        settled += done.settled
        more |= done.more
        if time.monotonic() > until:
            return Drained(settled, more=True)
    return Drained(settled, more=more)


def _settle_alone(company: str, portion: int, now: datetime, batch: int, limits: Limits) -> Drained:
    """A portion of one company. A single row at fault is put aside while its turn is held."""
    work: Work | None = None
    run = 0
    try:
        with transaction(
            WORKER, timeout_ms=_alone_ms(limits), lock_ms=limits.lock_ms, batch=True
        ) as tx:
            if not try_turn(tx, company, journal().key()):
                _troubled.busy(company)
                return Drained(0, more=False)
            first = _turntable.suspect_first
            work = oldest_work(tx, [company], portion, suspect_first=first).oldest(portion)
            if not work.size:
                _troubled.released(company)
                return Drained(0, more=False)
            run = _note(work)
            outcome = _settle_or_put_aside(tx, work, run, now, limits)
    except Exception as error:
        _take_back(run)
        what = trouble(error)
        if what is Trouble.AWAY:
            raise
        size = work.size if work is not None else 1
        log.warning(
            "company_failed", company_id=company, size=size, what=what.value, error=str(error)[:300]
        )
        _troubled.failed(company, what, size)
        return Drained(0, more=what is Trouble.FAULT and size > 1)
    _troubled.worked(company, work.size, batch)
    return Drained(outcome.handled + outcome.ignored, more=True)


def _alone_ms(limits: Limits) -> int:
    """Half of what all together have, as the others wait for the second time; all, if patient."""
    return limits.statement_ms if limits is PATIENT else limits.statement_ms // 2


def _settle_or_put_aside(
    tx: Transaction, work: Work, run: int, now: datetime, limits: Limits
) -> Settled:
    """Settle, or, where one row is at fault, record that instead. Raises what is not its fault."""
    try:
        with tx.savepoint():
            return _settle(tx, work, run, now)
    except Exception as error:
        what = trouble(error)
        is_at_fault = what is Trouble.FAULT or (what is Trouble.SLOW and limits is PATIENT)
        if work.size > 1 or not is_at_fault:
            raise
        one = work.deliveries[0] if work.deliveries else work.facts[0]
        log.error(  # noqa: TRY400 - a trace would show what the delivery says of people
            "put_aside", company_id=one.company_id, type=one.type, what=what.value,
            error=str(error)[:300], where=_where(error),
        )  # fmt: skip
        group = "too_slow" if what is Trouble.SLOW else f"bug:{type(error).__name__}"
        failures.record(tx, [Fallen(one, group, str(error), permanent=False)], now)
        end_in(tx, run)
        return Settled(0, 0, ())


def _settle(tx: Transaction, work: Work, run: int, now: datetime) -> Settled:
    """Settle it, and record what fell out while the turns are held."""
    outcome = settle_work(tx, work, now)
    if outcome.fallen:
        failures.record(tx, outcome.fallen, now)
    end_in(tx, run)
    return outcome


def _next_companies(tx: Transaction) -> list[str]:
    """The turns of the companies behind those of the batch before; past the last, the first."""
    alive, without = journal().key(), _troubled.companies()
    companies = take_turns(tx, _turntable.after, alive, without=without)
    if not companies and _turntable.after:
        companies = take_turns(tx, "", alive, without=without)
    _turntable.move(companies)
    return companies


def _where(error: Exception) -> str:
    """The innermost places in the code where the error came from, the last one first."""
    frames = traceback.extract_tb(error.__traceback__)[-5:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))


def _note(work: Work) -> int:
    """Write down what this process has in its hands from now on."""
    return journal().begin([one.seq for one in work.deliveries], [fact.id for fact in work.facts])


def _take_back(run: int) -> None:
    if run:
        journal().end(run)
