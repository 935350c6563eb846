"""What becomes of deliveries that could not be settled: another try later, or a dead letter."""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import datetime, timedelta

import structlog

from game.rules.retries import CRASHES_ALLOWED, next_wait
from game.services.inbox.reading import Fallen
from game.services.inbox.run_journal import crashed_runs
from models.session import Transaction

log = structlog.get_logger(__name__)

ERROR_CHARS = 2_000
"""How much of an error's text is kept."""


def record(tx: Transaction, fallen: Collection[Fallen], now: datetime) -> None:
    """Count an attempt for each; plan the next one, or bury what is beyond trying.

    Runs in a transaction of its own, so that a rolled-back batch is counted all the same.
    """
    for one in fallen:
        attempts = one.delivery.attempts + 1
        wait = None if one.permanent else next_wait(attempts, random.random())  # noqa: S311
        if wait is None:
            _bury(tx, one.delivery.seq, one.group, one.error, attempts, now)
        else:
            _retry(tx, one, attempts, wait, now)
        log.warning(
            "delivery_fell_out",
            seq=one.delivery.seq,
            company_id=one.delivery.company_id,
            type=one.delivery.type,
            group=one.group,
            attempts=attempts,
            dead=wait is None,
        )


def count_crashed_runs(tx: Transaction, now: datetime) -> int:
    """Add a crash, and so an attempt, to each delivery a dead worker had in hand; how many runs.

    From then on such a delivery goes through alone. One that was in too many dead hands is taken
    for the cause and buried. Ordinary failures do not count here: they have their own patience.
    """
    runs = crashed_runs(tx)
    for run, seqs in runs:
        counted = tx.rows(
            "UPDATE inbox SET attempts = attempts + 1, crashes = crashes + 1, alone = true "
            "WHERE seq = ANY(%s) AND state = 'waiting' RETURNING seq, attempts, crashes",
            (seqs,),
        )
        for seq, attempts, crashes in counted:
            if crashes >= CRASHES_ALLOWED:
                error = f"{crashes} workers died with this delivery in their hands"
                _bury(tx, seq, "crash_loop", error, attempts, now)
        tx.run("DELETE FROM settlement_run WHERE id = %s", (run,))
        if seqs:
            log.error("worker_died_in_a_batch", run=run, deliveries=len(counted))
    return len(runs)


def _retry(tx: Transaction, one: Fallen, attempts: int, wait: timedelta, now: datetime) -> None:
    tx.run(
        "UPDATE inbox SET state = 'retrying', attempts = %s, next_attempt_at = %s, last_error = %s "
        "WHERE seq = %s AND state = 'waiting'",
        (attempts, now + wait, one.error[:ERROR_CHARS], one.delivery.seq),
    )


def _bury(  # noqa: PLR0913, PLR0917 - the columns of a dead letter
    tx: Transaction, seq: int, group: str, error: str, attempts: int, now: datetime
) -> None:
    text = error[:ERROR_CHARS].replace("\x00", "\N{SYMBOL FOR NULL}")
    tx.run(
        "WITH dead AS ("
        "  UPDATE inbox SET state = 'dead', attempts = %(attempts)s, last_error = %(error)s, "
        "    settled_at = %(now)s, next_attempt_at = NULL "
        "  WHERE seq = %(seq)s AND state = 'waiting' RETURNING seq, company_id, type) "
        "INSERT INTO dead_letter "
        "  (inbox_seq, company_id, type, error_group, error, attempts, died_at, details) "
        "SELECT seq, company_id, type, %(group)s, %(error)s, %(attempts)s, %(now)s, '{}' FROM dead "
        "ON CONFLICT DO NOTHING",
        {"seq": seq, "group": group[:200], "error": text, "attempts": attempts, "now": now},
    )
