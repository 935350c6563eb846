"""How Alembic reaches the database: one migrator at a time, lock waits kept short."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import create_engine, text

import settings
from models import Base

MIGRATOR_LOCK = 7_465_101
"""Advisory lock id: two deployments that migrate at once take turns."""


def include(
    thing: Any,
    name: str | None,
    kind: str,
    reflected: bool,
    compare_to: Any,
) -> bool:
    """Leave out the monthly partitions: they are made and dropped by a job, not by a model."""
    return not (kind == "table" and reflected and str(name).startswith("inbox_body_"))


def run() -> None:
    engine = create_engine(settings.current().database_url)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:id)"), {"id": MIGRATOR_LOCK})
        connection.commit()
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
