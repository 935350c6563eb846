"""The reward pool: what a company has set aside for prizes, what is reserved, what was won."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Identity, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant, Minor, Tenant


class PoolMovement(Base):
    """Money of a company from one account to another, append-only; balanced by construction.

    Accounts: `funds` (outside the pool), `free` and `reserved` (in it), `prizes` (won by members,
    whose own side is a movement from `pool`).
    """

    __tablename__ = "pool_movement"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="above_zero"),
        CheckConstraint("debit <> credit", name="two_accounts"),
        CheckConstraint(
            "debit IN ('funds', 'free', 'reserved') "
            "AND credit IN ('funds', 'free', 'reserved', 'prizes')",
            name="accounts_known",
        ),
        Index("ix_pool_movement_purpose", "company_id", "purpose", "currency"),
    )

    company_id: Mapped[Tenant]
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    currency: Mapped[str]
    debit: Mapped[str]
    """The account the amount leaves."""
    credit: Mapped[str]
    """The account the amount reaches."""
    amount_minor: Mapped[Minor]
    purpose: Mapped[str] = mapped_column(default="", server_default="")
    """What it is reserved for, such as `quest:12`; empty where funds come or go."""
    member_id: Mapped[int | None]
    """Who won a prize; empty for all else."""
    note: Mapped[str] = mapped_column(default="", server_default="")
    at: Mapped[Instant]
    actor: Mapped[str]
    """Whop user id, or `legends` for what happened by itself."""


class PoolBalance(Base):
    """A pool in one currency: the sums of its movements. Its row is the pool's lock."""

    __tablename__ = "pool_balance"
    __table_args__ = (
        CheckConstraint("free_minor >= 0 AND reserved_minor >= 0", name="never_overspent"),
    )

    company_id: Mapped[Tenant]
    currency: Mapped[str] = mapped_column(primary_key=True)
    exponent: Mapped[int] = mapped_column(Integer)
    free_minor: Mapped[Minor] = mapped_column(default=0, server_default="0")
    reserved_minor: Mapped[Minor] = mapped_column(default=0, server_default="0")
    prizes_minor: Mapped[Minor] = mapped_column(default=0, server_default="0")


class PoolReserve(Base):
    """What is still reserved for one purpose in one currency."""

    __tablename__ = "pool_reserve"
    __table_args__ = (CheckConstraint("left_minor >= 0", name="never_overspent"),)

    company_id: Mapped[Tenant]
    purpose: Mapped[str] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    left_minor: Mapped[Minor]
