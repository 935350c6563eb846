"""Payouts: what members are paid of their balances, out of what, and what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant, Minor, Tenant, of_member


class Payout(Base):
    """One balance of one member on its way to them.

    Its money leaves `payable` when the row is made and comes back when it fails or is rejected;
    each of these is a receipt `payout:<id>:<n>` with a movement.
    """

    __tablename__ = "payout"
    __table_args__ = (
        of_member(),
        UniqueConstraint("company_id", "key"),
        CheckConstraint("amount_minor > 0", name="above_zero"),
        CheckConstraint("method IN ('whop', 'manual')", name="method_known"),
        CheckConstraint(
            "state IN ('requested', 'approved', 'sending', 'paid', 'failed', 'rejected')",
            name="state_known",
        ),
        Index("ix_payout_member", "company_id", "member_id", "id"),
        Index("ix_payout_state", "company_id", "state", "id"),
        Index(
            "ix_payout_due",
            "next_attempt_at",
            postgresql_where=text("state IN ('approved', 'sending') AND method = 'whop'"),
        ),
    )

    company_id: Mapped[Tenant]
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    member_id: Mapped[int]
    currency: Mapped[str]
    exponent: Mapped[int] = mapped_column(Integer)
    amount_minor: Mapped[Minor]
    usd_cents: Mapped[Minor]
    """What it was worth at the payments it is made of; 0 = not known."""
    method: Mapped[str]
    state: Mapped[str]
    requested_at: Mapped[Instant]
    requested_by: Mapped[str]
    """Whop user id: the member's own, or the creator's who made the batch."""
    needs_second: Mapped[bool]
    """Two people have to agree to it."""
    first_by: Mapped[str] = mapped_column(default="", server_default="")
    """Who agreed first; empty = nobody yet."""
    first_at: Mapped[datetime | None]
    second_by: Mapped[str] = mapped_column(default="", server_default="")
    key: Mapped[str]
    """Derived from the payout: Whop makes one transfer for it, however often it is asked."""
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    first_sent_at: Mapped[datetime | None]
    """When Whop may first have been asked to pay it; empty = it cannot have been paid."""
    next_attempt_at: Mapped[datetime | None]
    transfer_id: Mapped[str] = mapped_column(default="", server_default="")
    problem: Mapped[str] = mapped_column(default="", server_default="")
    """Why it does not go on, or failed; empty = nothing is wrong."""
    steps: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    """How many rows of `payout_step` it has."""
    postings: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    """How often its money moved; the number in the newest receipt's key."""
    closed_at: Mapped[datetime | None]


class PayoutPart(Base):
    """How much of a payout is of which payment's commission, append-only; they add up to it."""

    __tablename__ = "payout_part"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "payout_id"], ["payout.company_id", "payout.id"]),
        Index("ix_payout_part_payment", "company_id", "payment_id"),
    )

    company_id: Mapped[Tenant]
    payout_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    payment_id: Mapped[str] = mapped_column(primary_key=True)
    """Empty for debts of payments that are credited to somebody else by now."""
    amount_minor: Mapped[Minor]
    """Below zero where a debt was filled."""


class PayoutStep(Base):
    """One state a payout took, append-only: when, by whom, why."""

    __tablename__ = "payout_step"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "payout_id"], ["payout.company_id", "payout.id"]),
    )

    company_id: Mapped[Tenant]
    payout_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    state: Mapped[str]
    at: Mapped[Instant]
    actor: Mapped[str]
    """Whop user id; `whop` for what Whop told, `legends` for what happened by itself."""
    note: Mapped[str] = mapped_column(default="", server_default="")


class Transfer(Base):
    """A transfer as Whop last told of it (see `game.rules.facts.Transfer`)."""

    __tablename__ = "transfer"
    __table_args__ = (Index("ix_transfer_key", "company_id", "payout_key"),)

    company_id: Mapped[Tenant]
    transfer_id: Mapped[str] = mapped_column(primary_key=True)
    payout_key: Mapped[str]
    status: Mapped[str]
    amount_minor: Mapped[Minor]
    currency: Mapped[str]
    exponent: Mapped[int] = mapped_column(Integer)
    destination_id: Mapped[str]
    problem: Mapped[str]
    updated_at: Mapped[Instant]
