"""An intent log: who works on what, so that a process that dies in a batch is counted for it.

Each working process keeps one connection of its own, outside every batch, and a key. The
connection holds a shared advisory lock on the key while the process lives, and so does each batch's
own transaction. Before a batch the connection writes one row; the batch's transaction deletes it. A
row whose key nobody holds, neither there nor here, belongs to a process that died: a connection
that was cut is no death.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Connection, CursorResult, TextClause, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from models.session import Transaction, engine

log = structlog.get_logger(__name__)

TAKE = text("SELECT pg_advisory_lock_shared(:key)")
BEGIN_RUN = text(
    "INSERT INTO settlement_run (worker, lock_key, inbox_seqs, fact_ids, started_at) "
    "VALUES (:worker, :key, :seqs, :facts, clock_timestamp()) RETURNING id"
)
END_RUNS = text("DELETE FROM settlement_run WHERE id = ANY(:ids)")
OPENING = text(
    "SET ROLE legends_worker; SET synchronous_commit = off; "
    "SET application_name = 'legends-journal'"
)
"""Not durable on purpose: a restart of the database frees the locks, so its rows say nothing."""


class RunJournal:
    """This process's journal. One batch at a time; not shared between processes."""

    def __init__(self) -> None:
        self._connection: Connection | None = None
        self._key = 0
        self._owner = 0
        self._failed: list[int] = []
        """Runs that ended without their batch, and whose rows may still be there."""

    def key(self) -> int:
        """What says that this process lives: each batch takes a shared lock on it as well."""
        self._own()
        return self._key

    def begin(self, seqs: Sequence[int], facts: Sequence[int] = ()) -> int:
        """Commit a row that says this process works on these deliveries and facts; its id.

        It is stamped by the database's clock, to be compared with the database's own start.
        """
        answer = self._say(BEGIN_RUN, worker=_name(), seqs=list(seqs), facts=list(facts))
        return int(answer.scalar_one())

    def end(self, run: int) -> None:
        """Take a row back after a batch that failed while this process lives on.

        Where Postgres is away it is taken back as soon as it can be reached again.
        """
        self._failed.append(run)
        try:
            self._say(END_RUNS, ids=self._failed)
        except SQLAlchemyError as error:
            log.warning("run_not_ended_yet", run=run, error=str(error)[:200])
        else:
            self._failed.clear()

    def _say(self, statement: TextClause, **values: Any) -> CursorResult[Any]:
        """Run and commit one statement; once more on a fresh connection if this one is dead."""
        for is_last in (False, True):
            try:
                return self._open().execute(statement, {"key": self._key, **values})
            except DBAPIError as error:
                self.close()
                if is_last or not error.connection_invalidated:
                    raise
        raise AssertionError  # the second round returns or raises

    def close(self) -> None:
        """Give the connection up; the next batch opens another."""
        if self._connection is not None and self._owner == os.getpid():
            self._connection.invalidate()
            self._connection.close()
        self._connection = None

    def _own(self) -> None:
        """A child of a fork is a process of its own: with its own key and connection."""
        if self._owner != os.getpid():
            self._owner = os.getpid()
            self._key = secrets.randbits(62)
            self._connection = None
            self._failed = []

    def _open(self) -> Connection:
        self._own()
        if self._connection is None:
            self._connection = engine().connect().execution_options(isolation_level="AUTOCOMMIT")
            self._connection.execute(OPENING)
            self._connection.execute(TAKE, {"key": self._key})
            if self._failed:
                self._connection.execute(END_RUNS, {"ids": self._failed})
                self._failed = []
        return self._connection


def end_in(tx: Transaction, run: int) -> None:
    """Delete a run's row as part of the batch: it disappears exactly when the batch commits."""
    tx.put("DELETE FROM settlement_run WHERE id = %s", (run,))


@dataclass(frozen=True, slots=True)
class Run:
    """A run whose process is dead, and what it had in its hands."""

    id: int
    seqs: Sequence[int]
    facts: Sequence[int]


def crashed_runs(tx: Transaction) -> list[Run]:
    """The runs whose process is dead. Their locks are taken until commit.

    A run older than the database's last start is listed with empty hands: the restart freed its
    locks, and says nothing about its process.
    """
    rows = tx.rows(
        "SELECT id, inbox_seqs, fact_ids, started_at > pg_postmaster_start_time() "
        "FROM settlement_run WHERE pg_try_advisory_xact_lock(lock_key) ORDER BY id"
    )
    return [
        Run(run, seqs, facts) if is_of_now else Run(run, (), ())
        for run, seqs, facts, is_of_now in rows
    ]


def journal() -> RunJournal:
    """The journal of this thread of this process."""
    found: RunJournal | None = getattr(_local, "journal", None)
    if found is None:
        found = _local.journal = RunJournal()
    return found


_local = threading.local()


def _name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
