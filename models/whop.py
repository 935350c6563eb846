"""What we ask of Whop: runs over its lists, the holes they found, and single open questions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Identity, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant, Tenant

OPEN_RUN = "state IN ('asking', 'settling', 'undoing')"


class WhopRun(Base):
    """One comparison of a company's payments, refunds, disputes and memberships with Whop's.

    `reconcile` looks at what came after the installation, `import` at what was before it.
    `state`: `asking` (page after page), `settling` (what was found is on its way into the books),
    `done`, `stopped` (Whop refuses, see `problem`), `undoing`, `undone` (an import taken back).
    """

    __tablename__ = "whop_run"
    __table_args__ = (
        CheckConstraint("kind IN ('reconcile', 'import')", name="kind_known"),
        CheckConstraint(
            "state IN ('asking', 'settling', 'done', 'stopped', 'undoing', 'undone')",
            name="state_known",
        ),
        CheckConstraint("filled + failed <= holes AND holes <= looked", name="counts_agree"),
        Index(
            "uq_whop_run_open",
            "company_id",
            "kind",
            unique=True,
            postgresql_where=text(OPEN_RUN),
        ),
        Index("ix_whop_run_due", "next_at", postgresql_where=text(OPEN_RUN)),
        Index("ix_whop_run_newest", "id"),
    )

    company_id: Mapped[Tenant]
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    kind: Mapped[str]
    since: Mapped[Instant]
    """The first moment of creation that is asked for."""
    until: Mapped[datetime | None]
    """An import ends before this moment, the installation; empty = it has no end."""
    state: Mapped[str] = mapped_column(default="asking", server_default="asking")
    part: Mapped[str] = mapped_column(default="payment", server_default="payment")
    """The list that is being read: payment, refund, dispute, membership."""
    after: Mapped[str] = mapped_column(default="", server_default="")
    """Whop's cursor behind the last page that is stored; empty = the list's beginning."""
    looked: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Objects of Whop's that were compared."""
    holes: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Those we did not hold, or held otherwise."""
    filled: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Of the holes, those that are in the books."""
    failed: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Of the holes, those that became dead letters."""
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Questions in a row that Whop did not answer."""
    next_at: Mapped[Instant]
    """When somebody may take it up (again); who does puts it off for the case that they die."""
    problem: Mapped[str] = mapped_column(default="", server_default="")
    """Why it stopped or waits: `forbidden`, `unreachable`, `rate_limited`; empty = nothing."""
    asked_by: Mapped[str] = mapped_column(default="", server_default="")
    """Whop user id; empty = the nightly job or an operator at the command line."""
    started_at: Mapped[Instant]
    finished_at: Mapped[datetime | None]


class WhopHole(Base):
    """What a run found missing, and the delivery it became. Kept: an undo goes by these rows."""

    __tablename__ = "whop_hole"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "run_id"], ["whop_run.company_id", "whop_run.id"]),
        CheckConstraint("found IN ('missing', 'changed', 'unreadable')", name="found_known"),
        Index(
            "ix_whop_hole_kept",
            "company_id",
            "run_id",
            "kind",
            "object_id",
            postgresql_where=text("NOT withdrawn"),
        ),
    )

    company_id: Mapped[Tenant]
    kind: Mapped[str] = mapped_column(primary_key=True)
    """payment, refund, dispute, membership."""
    object_id: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[str]
    """The inbox row that carries it."""
    found: Mapped[str]
    withdrawn: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Taken back by the undo of an import."""


class WhopQuestion(Base):
    """One thing to ask Whop, once its time has come.

    `payment`: a refund or dispute names a payment that never came. `share`: a refund is in a
    currency that none of its payment's amounts is in, so the share has to be Whop's own sum.
    `state`: `open`, `answered`, `nobodys` (from before the installation, or unknown to Whop),
    `given_up` (asked as often as makes sense).
    """

    __tablename__ = "whop_question"
    __table_args__ = (
        CheckConstraint("kind IN ('payment', 'share')", name="kind_known"),
        CheckConstraint("state IN ('open', 'answered', 'nobodys', 'given_up')", name="state_known"),
        Index("ix_whop_question_due", "next_at", postgresql_where=text("state = 'open'")),
        Index("ix_whop_question_payment", "company_id", "payment_id"),
    )

    company_id: Mapped[Tenant]
    kind: Mapped[str] = mapped_column(primary_key=True)
    object_id: Mapped[str] = mapped_column(primary_key=True)
    """The payment; of a `share` the refund."""
    payment_id: Mapped[str]
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    next_at: Mapped[Instant]
    asked_at: Mapped[Instant]
    """When the question came up."""
    closed_at: Mapped[datetime | None]
