"""What is kept for a time only, and the room for what comes: partitions and old rows.

Raw bodies live 90 days in a partition a month, made ahead and dropped whole; ids and hashes of
deliveries are kept for ever. Making and dropping tables needs the database's owner, so it runs
outside the two roles of ordinary transactions.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, text

from models.base import Json
from models.session import WORKER, engine, transaction

BODIES_KEPT = timedelta(days=90)
MONTHS_AHEAD = 3
TICKS_KEPT = timedelta(days=14)
HEARTBEATS_KEPT = timedelta(days=1)
ROWS_A_STEP = 5_000
PREFIX = "inbox_body_"
DEFAULT = PREFIX + "default"


def step(progress: Json, scheduled_for: datetime, now: datetime) -> Json | None:  # noqa: ARG001
    """Make partitions, drop those past their time, then delete old rows until none is left."""
    if not progress:
        make_partitions(now)
        drop_partitions(now)
        return {"partitions": "done"}
    return progress if delete_old_rows(now) else None


def make_partitions(now: datetime) -> None:
    """Make the partitions of this month and the next three. Harmless when they are there.

    Bodies that came while a partition was missing lie in the default one; they move along.
    """
    month = now.astimezone(UTC).date().replace(day=1)
    for _ in range(MONTHS_AHEAD + 1):
        following = _next_month(month)
        with engine().begin() as connection:
            _make_partition(connection, month, following)
        month = following


def drop_partitions(now: datetime) -> None:
    """Drop each partition whose newest possible body is past its time, and old default rows."""
    keep_from = (now - BODIES_KEPT).astimezone(UTC)
    with engine().begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '2s'"))
        for name in _partitions(connection):
            if _next_month(_month_of(name)) <= keep_from.date():
                connection.execute(text(f"DROP TABLE {name}"))
    with transaction(WORKER) as tx:
        # Only the default partition can still hold bodies of a month without a partition.
        tx.run("DELETE FROM inbox_body WHERE received_at < %s", (_first_kept(keep_from),))


def delete_old_rows(now: datetime) -> int:
    """Delete a step's worth of rows nobody needs any more: ticks, heartbeats; how many."""
    with transaction(WORKER) as tx:
        ticks = tx.run(
            "DELETE FROM job_tick WHERE ctid = ANY(ARRAY("
            " SELECT ctid FROM job_tick WHERE scheduled_for < %s LIMIT %s))",
            (now - TICKS_KEPT, ROWS_A_STEP),
        )
        beats = tx.run("DELETE FROM heartbeat WHERE at < %s", (now - HEARTBEATS_KEPT,))
    return ticks + beats


def _make_partition(connection: Connection, month: date, following: date) -> None:
    name = f"{PREFIX}{month:%Y_%m}"
    if connection.scalar(text("SELECT to_regclass(:name) IS NOT NULL"), {"name": name}):
        return
    connection.execute(text("SET LOCAL lock_timeout = '2s'"))
    bounds = {"low": f"{month} 00:00:00+00", "high": f"{following} 00:00:00+00"}
    connection.execute(
        text(
            f"CREATE TABLE {name} (LIKE inbox_body INCLUDING ALL) WITH (toast_tuple_target = 8160)"
        )
    )
    # Names and bounds are dates made here; a DDL statement takes no parameters.
    connection.execute(
        text(
            f"WITH moved AS (DELETE FROM {DEFAULT}"  # noqa: S608
            " WHERE received_at >= CAST(:low AS timestamptz)"
            " AND received_at < CAST(:high AS timestamptz) RETURNING *)"
            f" INSERT INTO {name} SELECT * FROM moved"
        ),
        bounds,
    )
    connection.execute(
        text(
            f"ALTER TABLE inbox_body ATTACH PARTITION {name}"
            f" FOR VALUES FROM ('{bounds['low']}') TO ('{bounds['high']}')"
        )
    )


def _partitions(connection: Connection) -> list[str]:
    """Our monthly partitions by name, oldest first."""
    rows = connection.execute(
        text(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = 'inbox_body'::regclass AND c.relname <> :other ORDER BY 1"
        ),
        {"other": DEFAULT},
    )
    return [str(row[0]) for row in rows]


def _month_of(partition: str) -> date:
    year, month = partition.removeprefix(PREFIX).split("_")
    return date(int(year), int(month), 1)


def _next_month(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _first_kept(keep_from: datetime) -> datetime:
    """The start of the month `keep_from` lies in: partitions are kept whole."""
    return datetime(keep_from.year, keep_from.month, 1, tzinfo=UTC)
