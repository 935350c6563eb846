"""The one way into Postgres: a transaction with a role, a tenant, and messages sent after it.

Every transaction begins by taking one of two roles, so that row level security holds whoever
owns the connection, and so that nothing leaks to the next user of a pooled connection. What a
service wants sent (a wake-up, a frame for a browser) it notes on the transaction; only after the
commit is it handed to the sender that the process registered at its start.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Literal, cast

import structlog
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - a class in all but name
from sqlalchemy import Connection, Engine, create_engine

import settings
from models import clock
from models.arrays import use_array_texts
from models.outgoing import Message
from models.statements import Kept, Params, kept_on

log = structlog.get_logger(__name__)

Role = Literal["legends_member", "legends_worker"]
MEMBER: Role = "legends_member"
"""Sees and writes rows of the transaction's company only."""
WORKER: Role = "legends_worker"
"""Sees every company: batches, the webhook door, `poll`, operator routes."""

Sender = Callable[[Sequence[Message]], None]
Row = tuple[Any, ...]

CONNECT = {
    "connect_timeout": 2,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "application_name": "legends",
}
OPENING = (
    "SELECT clock_timestamp(), "
    "set_config('role', %s, true), set_config('app.company_id', %s, true), "
    "set_config('statement_timeout', %s, true), set_config('lock_timeout', %s, true), "
    "set_config('idle_in_transaction_session_timeout', '60s', true)"
)
LOCK_MS = 2_000
"""How long a statement waits for somebody else's lock, where nobody waits behind it."""
SAVED = "legends_saved"
# Batches look up a few hundred keys in tables of any size: an index probe each, never a scan,
# whatever the statistics say of a table that grew since they were taken. With that settled, one
# plan serves every batch.
BATCH = (
    OPENING + ", set_config('enable_seqscan', 'off', true), "
    "set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), "
    "set_config('jit', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true)"
)

_senders: list[Sender] = []

use_array_texts()


class Transaction:
    """One open transaction. `rows` and `run` speak SQL; `connection` is SQLAlchemy's.

    With `kept` statements are prepared once a connection: for the fixed statements of a batch.
    """

    now: datetime
    """When it was opened, by Postgres's clock, in UTC."""

    def __init__(self, connection: Connection, kept: Kept | None = None) -> None:
        self.connection = connection
        self._cursor = cast(Cursor, connection.connection.cursor())
        self._kept = kept
        self._waiting: list[bytes] = []
        self._messages: list[Message] = []
        if kept is not None:
            kept.begin(self._cursor)

    def rows(self, sql: str, params: Params = ()) -> list[Row]:
        """Run one statement and fetch all its rows."""
        self._execute(sql, params)
        return self._cursor.fetchall()

    def run(self, sql: str, params: Params = ()) -> int:
        """Run one statement; the number of rows it touched."""
        self._execute(sql, params)
        return self._cursor.rowcount

    def put(self, sql: str, params: Params = ()) -> None:
        """Run one statement whose outcome nobody waits for: it travels with the next one.

        What comes after it sees its rows. Its errors come up there, at the latest at the commit.
        """
        self._waiting.append(self._call(sql, params))

    def flush(self) -> None:
        """Run what still waits to travel with a next statement."""
        if self._waiting:
            self._send(b"")

    def _execute(self, sql: str, params: Params) -> None:
        if self._waiting or self._kept is not None:
            self._send(self._call(sql, params))
        else:
            self._cursor.execute(sql, params)

    def _call(self, sql: str, params: Params) -> bytes:
        if self._kept is not None:
            return self._kept.calling(self._cursor, sql, params)
        return bytes(self._cursor.mogrify(sql, params))

    def _send(self, last: bytes) -> None:
        calls, self._waiting = [*self._waiting, last], []
        try:
            self._cursor.execute(b";\n".join(calls))
        except BaseException:
            if self._kept is not None:
                self._kept.doubt()
            raise

    @contextlib.contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo, on an error, what the block did, and keep the transaction and its locks.

        What the block noted to be sent is forgotten with it. The error goes on to the caller.
        """
        self.flush()
        noted = len(self._messages)
        self._cursor.execute(f"SAVEPOINT {SAVED}")
        try:
            yield
            self.flush()
        except Exception:
            self._waiting.clear()
            del self._messages[noted:]
            self._cursor.execute(f"ROLLBACK TO SAVEPOINT {SAVED}")
            if self._kept is not None:
                self._kept.renew(self._cursor)
            raise

    def send(self, message: Message) -> None:
        """Note a message for after the commit. A rolled-back transaction tells nobody."""
        self._messages.append(message)

    @property
    def messages(self) -> Sequence[Message]:
        """What has been noted so far."""
        return self._messages


def pairs(keys: Iterable[tuple[str, Any]]) -> tuple[list[str], list[Any]]:
    """Split (company, id) keys into the two arrays that `unnest` takes."""
    companies, ids = [], []
    for company, key in keys:
        companies.append(company)
        ids.append(key)
    return companies, ids


def register_sender(sender: Sender) -> None:
    """Name what carries messages after a commit. Replaces the one before."""
    _senders[:] = [sender]


@cache
def engine() -> Engine:
    """The process's connection pool on DATABASE_URL. `engine.cache_clear()` forgets it."""
    return create_engine(
        settings.current().database_url,
        pool_size=10,
        max_overflow=10,
        pool_timeout=2,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args=CONNECT,
    )


@contextlib.contextmanager
def transaction(  # noqa: PLR0913 - what a transaction is opened with
    role: Role = MEMBER,
    company_id: str = "",
    *,
    timeout_ms: int = 10_000,
    lock_ms: int = LOCK_MS,
    snapshot: bool = False,
    batch: bool = False,
) -> Iterator[Transaction]:
    """Open a transaction as `role` for `company_id`; commit at the end, roll back on any error.

    `snapshot`: read only, and every query sees the database as of the first one.
    `batch`: lookups by many keys in statements that are always the same; they are planned once.
    No statement takes longer than `timeout_ms`, or waits longer than `lock_ms` for a lock.
    With the role `legends_member` and no company every tenant table is empty and unwritable.
    Messages noted with `send` go out after the commit; a sender that fails is logged, never
    raised: what it carried can be had from Postgres.
    """
    with engine().connect() as connection, connection.begin():
        opened = Transaction(connection, kept_on(connection) if batch else None)
        if snapshot:
            opened.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        limits = (role, company_id, str(timeout_ms), str(lock_ms))
        opened.now = clock.hear(opened.rows(BATCH if batch else OPENING, limits)[0][0])
        yield opened
        opened.flush()
    if opened.messages:
        hand_over(opened.messages)


def hand_over(messages: Sequence[Message]) -> None:
    """Give messages to the registered sender. Only after a commit."""
    for sender in _senders:
        try:
            sender(messages)
        except Exception:
            log.exception("sending_after_commit_failed", messages=len(messages))
