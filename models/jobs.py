"""Scheduled jobs: which tick ran, how far a long one got, and which parts are alive."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant, Json


class JobTick(Base):
    """One tick of one job: the row is the right to run it, so no tick runs twice."""

    __tablename__ = "job_tick"

    job: Mapped[str] = mapped_column(primary_key=True)
    scheduled_for: Mapped[Instant] = mapped_column(primary_key=True)
    started_at: Mapped[Instant]
    finished_at: Mapped[datetime | None]
    progress: Mapped[Json] = mapped_column(server_default="{}")
    """Where to go on after a crash; the job's own words."""


class Heartbeat(Base):
    """When a part last proved that it works (a worker by running a task from its queue)."""

    __tablename__ = "heartbeat"

    part: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[Instant]


class WriteProbe(Base):
    """Where readiness proves that Postgres can write: a row comes and goes in one transaction."""

    __tablename__ = "write_probe"

    id: Mapped[str] = mapped_column(primary_key=True)
    filler: Mapped[str]
    """More than half a page, so that each row needs a page that the file does not have yet."""
