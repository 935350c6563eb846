"""Retries with backoff: work that could not be settled gets another try, or is a dead letter.

Deliveries and facts of members fail alike; they only stand in two tables.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from game.rules.retries import CRASHES_ALLOWED, next_wait
from game.services.inbox.reading import Fallen
from game.services.inbox.run_journal import Run, crashed_runs
from game.services.inbox.turns import WaitingDelivery
from models.session import Transaction

log = structlog.get_logger(__name__)

ERROR_CHARS = 2_000
GROUP_CHARS = 200
"""How much of an error's text and of its group's name is kept."""

# Each statement takes its rows as columns, so that many cost no more statements than one.
_RETRY = """
UPDATE inbox i SET state = 'retrying', attempts = k.attempts, next_attempt_at = k.next_at,
  last_error = k.error
FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[], %s::text[])
  AS k (seq, attempts, next_at, error)
WHERE i.seq = k.seq AND i.state = 'waiting'
"""
_RETRY_FACTS = """
UPDATE member_fact f SET aside = 'retrying', attempts = k.attempts, next_attempt_at = k.next_at,
  last_error = k.error
FROM unnest(%s::text[], %s::bigint[], %s::int[], %s::timestamptz[], %s::text[])
  AS k (company_id, id, attempts, next_at, error)
WHERE f.company_id = k.company_id AND f.id = k.id AND NOT f.settled AND f.aside = ''
"""
_BURY = """
WITH dead AS (
  UPDATE inbox i SET state = 'dead', attempts = k.attempts, last_error = k.error,
    settled_at = k.died_at, next_attempt_at = NULL
  FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[], %s::text[], %s::text[])
    AS k (seq, attempts, died_at, error, error_group)
  WHERE i.seq = k.seq AND i.state = 'waiting'
  RETURNING i.seq, i.company_id, i.type, k.error_group, k.error, k.attempts, k.died_at)
INSERT INTO dead_letter
  (inbox_seq, company_id, type, error_group, error, attempts, died_at, details)
SELECT seq, company_id, type, error_group, error, attempts, died_at, '{}' FROM dead
ON CONFLICT DO NOTHING
"""
_BURY_FACTS = """
WITH dead AS (
  UPDATE member_fact f SET aside = 'dead', attempts = k.attempts, last_error = k.error,
    next_attempt_at = NULL
  FROM unnest(%s::text[], %s::bigint[], %s::int[], %s::timestamptz[], %s::text[], %s::text[])
    AS k (company_id, id, attempts, died_at, error, error_group)
  WHERE f.company_id = k.company_id AND f.id = k.id AND NOT f.settled AND f.aside = ''
  RETURNING f.id, f.company_id, f.kind, k.error_group, k.error, k.attempts, k.died_at)
INSERT INTO dead_letter
  (fact_id, company_id, type, error_group, error, attempts, died_at, details)
SELECT id, company_id, 'member_fact.' || kind, error_group, error, attempts, died_at, '{}'
FROM dead ON CONFLICT DO NOTHING
"""
_CRASHED = """
UPDATE inbox SET attempts = attempts + 1, crashes = crashes + 1, alone = true
WHERE seq = ANY(%s) AND state = 'waiting' RETURNING seq, attempts, crashes
"""
_CRASHED_FACTS = """
UPDATE member_fact SET attempts = attempts + 1, crashes = crashes + 1, alone = true
WHERE id = ANY(%s) AND NOT settled AND aside = '' RETURNING company_id, id, attempts, crashes
"""


@dataclass(frozen=True, slots=True)
class _Failed:
    """One piece of work that failed: `key` is (seq,) of a delivery, (company, id) of a fact."""

    key: tuple[Any, ...]
    attempts: int
    at: datetime
    """When it is tried again, or when it died."""
    error: str
    group: str = ""


def record(tx: Transaction, fallen: Collection[Fallen], now: datetime) -> None:
    """Count an attempt for each; plan the next one, or bury what is beyond trying.

    Call it while the turns of their companies are held, so that nobody takes them meanwhile. At
    most four statements, however many they are.
    """
    retries: dict[str, list[_Failed]] = {_RETRY: [], _RETRY_FACTS: []}
    graves: dict[str, list[_Failed]] = {_BURY: [], _BURY_FACTS: []}
    for one in fallen:
        attempts = one.work.attempts + 1
        wait = None if one.permanent else next_wait(attempts, random.random())  # noqa: S311
        is_delivery = isinstance(one.work, WaitingDelivery)
        if wait is None:
            dead = _Failed(_key(one), attempts, now, one.error, one.group)
            graves[_BURY if is_delivery else _BURY_FACTS].append(dead)
        else:
            again = _Failed(_key(one), attempts, now + wait, one.error)
            retries[_RETRY if is_delivery else _RETRY_FACTS].append(again)
        log.warning(
            "work_fell_out",
            key=_key(one),
            company_id=one.work.company_id,
            type=one.work.type,
            group=one.group,
            attempts=attempts,
            dead=wait is None,
        )
    for sql, failed in retries.items():
        if failed:
            tx.run(sql, _columns(failed))
    for sql, failed in graves.items():
        _bury(tx, sql, failed)


def count_crashed_runs(
    tx: Transaction, now: datetime, given_up: Collection[int] | None = None
) -> int:
    """Add a crash, and so an attempt, to all that dead workers had in hand; how many runs.

    From then on it goes through alone. What was in too many dead hands is taken for the cause and
    buried. Ordinary failures do not count here: they have their own patience. With `given_up` only
    these runs count, as far as their worker has not been heard of since.
    """
    runs = [run for run in crashed_runs(tx) if given_up is None or run.id in given_up]
    for run in runs:
        counted = _count_crash(tx, run, now)
        tx.run("DELETE FROM settlement_run WHERE id = %s", (run.id,))
        if run.seqs or run.facts:
            log.error("worker_died_in_a_batch", run=run.id, counted=counted)
    return len(runs)


def _count_crash(tx: Transaction, run: Run, now: datetime) -> int:
    """Count a death for each piece of work of one run that still waits; how many there are."""
    counted = 0
    for sql, ids, grave, what in (
        (_CRASHED, run.seqs, _BURY, "delivery"),
        (_CRASHED_FACTS, run.facts, _BURY_FACTS, "fact"),
    ):
        if not ids:
            continue
        found = tx.rows(sql, (list(ids),))
        counted += len(found)
        causes = []
        for *key, attempts, crashes in found:
            if crashes >= CRASHES_ALLOWED:
                error = f"{crashes} workers died with this {what} in their hands"
                causes.append(_Failed(tuple(key), attempts, now, error, "crash_loop"))
        _bury(tx, grave, causes)
    return counted


def _bury(tx: Transaction, sql: str, dead: Sequence[_Failed]) -> None:
    if dead:
        tx.run(sql, (*_columns(dead), [one.group[:GROUP_CHARS] for one in dead]))


def _key(one: Fallen) -> tuple[Any, ...]:
    work = one.work
    return (work.seq,) if isinstance(work, WaitingDelivery) else (work.company_id, work.id)


def _columns(failed: Sequence[_Failed]) -> tuple[list[Any], ...]:
    keys = [list(part) for part in zip(*(one.key for one in failed), strict=True)]
    return (
        *keys,
        [one.attempts for one in failed],
        [one.at for one in failed],
        [_storable(one.error) for one in failed],
    )


def _storable(error: str) -> str:
    """An error's text, cut, without what no text of Postgres can hold."""
    whole = error[:ERROR_CHARS].encode("utf-8", "replace").decode()
    return whole.replace("\x00", "\N{SYMBOL FOR NULL}")
