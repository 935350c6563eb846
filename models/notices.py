"""What members are told: numbered per member without holes, and what is still to be sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant, Json, JsonList, Tenant, of_member


class Notice(Base):
    """One message to one member. `seq` counts 1, 2, 3 … under the member's lock."""

    __tablename__ = "notice"
    __table_args__ = (of_member(),)

    company_id: Mapped[Tenant]
    member_id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str]
    data: Mapped[Json]
    at: Mapped[Instant]


class NoticeOutbox(Base):
    """A batch's notices that may not have reached Redis yet; deleted once they have.

    `ranges` holds `[[member_id, first_seq, last_seq], …]`; the frames are read from `notice`.
    """

    __tablename__ = "notice_outbox"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    company_id: Mapped[str]
    ranges: Mapped[JsonList]
    created_at: Mapped[Instant]


class Announcement(Base):
    """Words to all members of a company; each who was there hears them as a notice, once."""

    __tablename__ = "announcement"
    __table_args__ = (
        ForeignKeyConstraint(["company_id"], ["company.company_id"]),
        CheckConstraint("severity IN ('info', 'warning', 'error')", name="severity_known"),
        Index("ix_announcement_open", "id", postgresql_where=sql("done_at IS NULL")),
    )

    company_id: Mapped[Tenant]
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    severity: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]
    actor_user_id: Mapped[str]
    by_operator: Mapped[bool] = mapped_column(Boolean)
    """Said to every company by those who run the installation."""
    created_at: Mapped[Instant]
    last_member_id: Mapped[int]
    """The newest member then: who came later does not hear it."""
    told_through: Mapped[int] = mapped_column(default=0, server_default="0")
    """Members up to this one have been told."""
    told: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many that were."""
    done_at: Mapped[datetime | None]
    """When the last one was told; empty = somebody has yet to hear it."""


class Epoch(Base):
    """One row: changes when the database was restored, so clients fetch everything again."""

    __tablename__ = "epoch"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, default=1)
    value: Mapped[str]
    since: Mapped[datetime]
