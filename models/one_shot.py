"""Pipelining: a whole transaction in one round trip, for what is paid for by every event.

Postgres runs a message of several statements as one transaction: taking the role, the limits and
the statement itself commit together. Measured against `transaction()` it saves four of five round
trips. The connections are apart from the others, so a busy API cannot starve the webhook door.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, cast

import psycopg2
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - a class in all but name
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import PoolProxiedConnection

import settings
from models.passing import Unavailable, is_disconnect
from models.session import CONNECT, WORKER, Role, Row
from models.statements import kept_on

__all__ = ["NotStorable", "Unavailable", "one_shot"]

POOL = 12
"""Statements at once in one process; more wait, within the caller's own time limit."""


class NotStorable(Exception):
    """Postgres refuses the values themselves: sending them again would change nothing."""


def engine() -> Engine:
    """The process's pool of one-shot connections on DATABASE_URL."""
    return _engine(settings.current().database_url)


@cache
def _engine(url: str) -> Engine:
    return create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        pool_size=POOL,
        max_overflow=0,
        pool_timeout=2,
        pool_use_lifo=True,
        pool_recycle=1800,
        connect_args=CONNECT | {"application_name": "legends-door"},
    )


def one_shot(  # noqa: PLR0913 - what a transaction is opened with
    sql: str,
    params: Sequence[Any],
    *,
    role: Role | None = WORKER,
    company_id: str = "",
    timeout_ms: int = 2000,
    kept: bool = False,
) -> list[Row]:
    """Run and commit one statement that answers with rows. Raises Unavailable, NotStorable.

    `role` None is the login's own, for what belongs to no table of ours. A connection that turns
    out to be dead (the server was restarted) is replaced and the statement sent once more, so it
    must be one that may run twice. `kept`: each connection plans it once, for the busiest ones.
    """
    opening = (
        f"SET LOCAL ROLE {role};" if role else ""
    ) + f"SET LOCAL lock_timeout = {timeout_ms};SET LOCAL statement_timeout = {timeout_ms};"
    if company_id:
        opening += "SELECT set_config('app.company_id', %s, true);"
        params = (company_id, *params)
    try:
        try:
            return _run(opening, sql, params, kept=kept)
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            if not is_disconnect(error):
                raise
            return _run(opening, sql, params, kept=kept)
    except (psycopg2.DataError, psycopg2.IntegrityError, ValueError) as error:  # a NUL in a text
        raise NotStorable(type(error).__name__) from error
    except (psycopg2.Error, SQLAlchemyError) as error:
        raise Unavailable(type(error).__name__) from error


def _run(opening: str, sql: str, params: Sequence[Any], *, kept: bool) -> list[Row]:
    with _connection() as connection, contextlib.closing(connection.cursor()) as cursor:
        if kept:
            call = kept_on(connection).calling(cast(Cursor, cursor), sql, params)
            cursor.execute(opening.encode() + call)
        else:
            cursor.execute(opening + sql, params)
        return list(cursor.fetchall())


@contextlib.contextmanager
def _connection() -> Iterator[PoolProxiedConnection]:
    pool = engine().pool
    connection = pool.connect()
    try:
        yield connection
    except BaseException as error:
        # A statement cut short (also by a time limit of the caller, which is no Exception) leaves
        # the connection in the middle of an answer: it must not go back to the pool.
        connection.invalidate()
        if is_disconnect(error) and engine().pool is pool:
            engine().dispose()  # its sisters are as dead
        raise
    connection.close()
