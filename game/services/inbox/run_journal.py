"""Who is working on what, so that a process that dies in a batch is counted for it.

Each working process keeps one connection of its own, outside every batch. It holds a session
advisory lock while the process lives and writes one row before each batch; the batch's own
transaction deletes the row. A row whose lock is free belongs to a process that died.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult, TextClause, text
from sqlalchemy.exc import DBAPIError

from models.session import Transaction, engine

TAKE = text("SELECT pg_advisory_lock(:key)")
BEGIN_RUN = text(
    "INSERT INTO settlement_run (worker, lock_key, inbox_seqs, started_at) "
    "VALUES (:worker, :key, :seqs, clock_timestamp()) RETURNING id"
)
END_RUN = text("DELETE FROM settlement_run WHERE id = :id")
OPENING = text("SET ROLE legends_worker; SET synchronous_commit = off")
"""Not durable on purpose: a restart of the database frees the locks, so its rows say nothing."""


class RunJournal:
    """This process's journal. One batch at a time; not shared between processes."""

    def __init__(self) -> None:
        self._connection: Connection | None = None
        self._key = 0
        self._owner = 0

    def begin(self, seqs: Sequence[int]) -> int:
        """Commit a row that says this process works on these deliveries; its id.

        It is stamped by the database's clock, to be compared with the database's own start.
        """
        return int(self._say(BEGIN_RUN, worker=_name(), seqs=list(seqs)).scalar_one())

    def end(self, run: int) -> None:
        """Take a row back after a batch that failed while this process lived on."""
        self._say(END_RUN, id=run)

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
        self._key = 0

    def _open(self) -> Connection:
        if self._connection is None or self._owner != os.getpid():
            self._owner = os.getpid()
            self._key = secrets.randbits(62)
            self._connection = engine().connect().execution_options(isolation_level="AUTOCOMMIT")
            self._connection.execute(OPENING)
            self._connection.execute(TAKE, {"key": self._key})
        return self._connection


def end_in(tx: Transaction, run: int) -> None:
    """Delete a run's row as part of the batch: it disappears exactly when the batch commits."""
    tx.put("DELETE FROM settlement_run WHERE id = %s", (run,))


def crashed_runs(tx: Transaction) -> list[tuple[int, list[int]]]:
    """(id, inbox seqs) of the runs whose process is dead. Their locks are taken until commit.

    A run older than the database's last start is listed without deliveries: the restart freed
    its lock, and says nothing about its process.
    """
    return [
        (run, seqs)
        for run, seqs in tx.rows(
            "SELECT id, CASE WHEN started_at > pg_postmaster_start_time() THEN inbox_seqs "
            "  ELSE '{}' END "
            "FROM settlement_run WHERE pg_try_advisory_xact_lock(lock_key) ORDER BY id"
        )
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
