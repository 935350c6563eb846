"""How Alembic reaches the database: one migrator at a time, lock waits kept short."""

from __future__ import annotations

import time
from typing import Any

from alembic import context
from sqlalchemy import Connection, create_engine, text

import settings
from models import Base

MIGRATOR_LOCK = 7_465_101
"""Advisory lock id: two deployments that migrate at once take turns."""
LOOK_SECONDS = 0.2


def include(
    thing: Any,
    name: str | None,
    kind: str,
    reflected: bool,
    compare_to: Any,
) -> bool:
    """Leave out the monthly partitions: they are made and dropped by a job, not by a model."""
    return not (kind == "table" and reflected and str(name).startswith("inbox_body_"))


def take_turn(connection: Connection) -> None:
    """Wait for the lock without a statement that waits.

    An index made concurrently waits for every statement older than itself, so a migrator that
    waited inside one would wait for the index that waits for it.
    """
    while not connection.scalar(text("SELECT pg_try_advisory_lock(:id)"), {"id": MIGRATOR_LOCK}):
        connection.commit()
        time.sleep(LOOK_SECONDS)
    connection.commit()


def run() -> None:
    engine = create_engine(settings.current().database_url)
    with engine.connect() as connection:
        take_turn(connection)
        try:
            context.configure(
                connection=connection,
                target_metadata=Base.metadata,
                include_object=include,
                transaction_per_migration=True,
                compare_type=True,
                compare_server_default=True,
            )
            with context.begin_transaction():
                context.run_migrations()
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:id)"), {"id": MIGRATOR_LOCK})
            connection.commit()
    engine.dispose()


run()
