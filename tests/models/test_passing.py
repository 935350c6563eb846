"""One place says which errors pass by themselves, and what they say about the work they ended."""

from __future__ import annotations

import errno
import socket

import httpx
import psycopg2
import pytest
import redis
from celery.exceptions import SoftTimeLimitExceeded
from kombu.exceptions import OperationalError as BrokerError
from psycopg2 import errors
from sqlalchemy.exc import OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from models.one_shot import Unavailable
from models.passing import Trouble, is_passing, trouble
from models.session import WORKER, transaction
from settings import Settings

OF_POSTGRES = {
    "08006": Trouble.AWAY,
    "25006": Trouble.AWAY,
    "28P01": Trouble.AWAY,
    "53100": Trouble.AWAY,
    "53200": Trouble.AWAY,
    "53300": Trouble.AWAY,
    "57P01": Trouble.AWAY,
    "57P02": Trouble.AWAY,
    "57P03": Trouble.AWAY,
    "58030": Trouble.AWAY,
    "40001": Trouble.BLOCKED,
    "40P01": Trouble.BLOCKED,
    "55P03": Trouble.BLOCKED,
    "57014": Trouble.SLOW,
    "25P03": Trouble.SLOW,
    "22P02": Trouble.FAULT,
    "23505": Trouble.FAULT,
    "42P01": Trouble.FAULT,
    "54001": Trouble.FAULT,
    "P0001": Trouble.FAULT,
    "XX000": Trouble.FAULT,
}


@pytest.mark.parametrize(("state", "meaning"), OF_POSTGRES.items())
def test_what_postgres_says_is_told_by_its_sqlstate(
    settings: Settings, state: str, meaning: Trouble
) -> None:
    with pytest.raises(psycopg2.Error) as raised, transaction(WORKER) as tx:
        tx.run(f"DO $$ BEGIN RAISE EXCEPTION SQLSTATE '{state}'; END $$")

    assert trouble(raised.value) is meaning
    assert is_passing(raised.value) is (meaning is not Trouble.FAULT)


@pytest.mark.parametrize(
    "error",
    [
        psycopg2.OperationalError("server closed the connection unexpectedly"),
        psycopg2.InterfaceError("connection already closed"),
        psycopg2.DatabaseError("error with status PGRES_TUPLES_OK and no message from the libpq"),
        OperationalError("SELECT 1", None, psycopg2.OperationalError("could not connect")),
        PendingRollbackError("Can't reconnect until invalid transaction is rolled back."),
        NoFreeConnection("QueuePool limit of size 10 overflow 10 reached"),
        Unavailable("OperationalError"),
        redis.ConnectionError("refused"),
        redis.TimeoutError("slow"),
        redis.BusyLoadingError("loading"),
        redis.ReadOnlyError("replica"),
        redis.OutOfMemoryError("full"),
        redis.ResponseError("MISCONF Redis is configured to save RDB snapshots, but cannot."),
        BrokerError("gone"),
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        ConnectionResetError(),
        TimeoutError(),
        socket.gaierror(-2, "Name or service not known"),
        OSError(errno.ENETUNREACH, "Network is unreachable"),
    ],
)
def test_servers_and_networks_that_are_away_are_nobodys_fault(error: Exception) -> None:
    assert trouble(error) is Trouble.AWAY


def test_work_cut_off_by_its_worker_was_too_slow() -> None:
    assert trouble(SoftTimeLimitExceeded()) is Trouble.SLOW


@pytest.mark.parametrize(
    "error",
    [
        psycopg2.ProgrammingError("can't adapt type 'set'"),
        errors.UniqueViolation("no SQLSTATE of its own here"),
        redis.ResponseError("WRONGTYPE Operation against a key holding the wrong kind of value"),
        redis.DataError("Invalid input of type"),
        OSError(errno.ENOENT, "No such file"),
        ValueError("A string literal cannot contain NUL (0x00) characters."),
        KeyError("x"),
    ],
)
def test_what_would_end_the_same_again_is_a_fault(error: Exception) -> None:
    assert trouble(error) is Trouble.FAULT
