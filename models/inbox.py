"""Webhooks as they came in, how far they got, and those that could not be settled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant, Json


class Inbox(Base):
    """One accepted delivery: the queue of record. Ids and hashes are kept for ever.

    `state`: `waiting` (for a worker), `retrying` (failed, comes again at `next_attempt_at`),
    `snoozed` (waits for Whop's answer, costs no attempt), `handled`, `ignored` (a type that means
    nothing to us), `dead` (see dead_letter).
    """

    __tablename__ = "inbox"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'retrying', 'snoozed', 'handled', 'ignored', 'dead')",
            name="state_known",
        ),
        Index(
            "ix_inbox_waiting",
            text("coalesce(company_id, '')"),
            "seq",
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_inbox_due",
            "next_attempt_at",
            postgresql_where=text("state IN ('retrying', 'snoozed')"),
        ),
        Index(
            "ix_inbox_open",
            "state",
            postgresql_where=text("state IN ('dead', 'retrying', 'snoozed')"),
        ),
    )

    seq: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    webhook_id: Mapped[str] = mapped_column(unique=True)
    company_id: Mapped[str | None]
    """As the envelope names it; empty where it names none."""
    type: Mapped[str]
    api_version_date: Mapped[str] = mapped_column(default="", server_default="")
    sent_at: Mapped[Instant]
    """The delivery's own `webhook-timestamp`."""
    received_at: Mapped[Instant]
    body_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(default="waiting", server_default="waiting")
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Tries that failed, whatever ended them."""
    crashes: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Those among them that ended with the worker's death."""
    alone: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Goes through in a batch of its own: it was in a batch whose worker died."""
    next_attempt_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="", server_default="")
    settled_at: Mapped[datetime | None]


class InboxBody(Base):
    """The raw bytes of a delivery, sealed; a partition a month, dropped whole after 90 days."""

    __tablename__ = "inbox_body"
    __table_args__ = ({"postgresql_partition_by": "RANGE (received_at)"},)

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    received_at: Mapped[Instant] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class InboxAlert(Base):
    """A known webhook id that came again with another body: the first stays, this tells of it."""

    __tablename__ = "inbox_alert"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    webhook_id: Mapped[str]
    company_id: Mapped[str | None]
    kept_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    seen_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[Instant]


class SettlementRun(Base):
    """A batch being worked on; a row whose worker is dead counts an attempt for what it names."""

    __tablename__ = "settlement_run"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    worker: Mapped[str]
    """Host and process id of the worker, for the reader of the row."""
    lock_key: Mapped[int]
    """The worker holds this session advisory lock while it lives."""
    inbox_seqs: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    fact_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}")
    started_at: Mapped[Instant]


class DeadLetter(Base):
    """A delivery, or a fact of a member, that cannot be settled until somebody decides about it."""

    __tablename__ = "dead_letter"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'replayed', 'discarded')", name="state_known"),
        CheckConstraint("num_nonnulls(inbox_seq, fact_id) = 1", name="of_one"),
        Index(
            "uq_dead_letter_open",
            "inbox_seq",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index(
            "uq_dead_letter_open_fact",
            "fact_id",
            unique=True,
            postgresql_where=text("state = 'open' AND fact_id IS NOT NULL"),
        ),
        Index("ix_dead_letter_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    inbox_seq: Mapped[int | None]
    """The delivery; empty where it is a fact."""
    fact_id: Mapped[int | None]
    """The fact in `member_fact`; empty where it is a delivery."""
    company_id: Mapped[str | None]
    type: Mapped[str]
    """The event's type; of a fact `member_fact.<kind>`."""
    error_group: Mapped[str]
    """Short stable name of the kind of error: `nonsense:negative_amount`, `crash_loop`, …"""
    error: Mapped[str]
    attempts: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    actor: Mapped[str] = mapped_column(default="", server_default="")
    note: Mapped[str] = mapped_column(default="", server_default="")
    details: Mapped[Json] = mapped_column(server_default="{}")
    died_at: Mapped[Instant]
    closed_at: Mapped[datetime | None]
