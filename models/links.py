"""What members and creators arrange around links: campaigns, and appeals about who is credited."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant, Tenant, of_member


class Campaign(Base):
    """A name under which links are counted together."""

    __tablename__ = "campaign"
    __table_args__ = (
        of_member(),
        Index(
            "uq_campaign_name",
            "company_id",
            text("coalesce(member_id, 0)"),
            "name",
            unique=True,
        ),
    )

    company_id: Mapped[Tenant]
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    member_id: Mapped[int | None]
    """Whose it is; empty = the company's, open to every member's links."""
    name: Mapped[str]
    created_at: Mapped[Instant]


class Appeal(Base):
    """A member's word that a buyer is theirs, and what the creator made of it.

    It moves no figure: a granted one is followed by a `credit` of `company_fact`, in the same
    transaction.
    """

    __tablename__ = "appeal"
    __table_args__ = (
        of_member(),
        CheckConstraint("state IN ('open', 'granted', 'refused', 'lapsed')", name="state_known"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_once"),
        Index("ix_appeal_member", "company_id", "member_id", "id"),
        Index(
            "uq_appeal_open",
            "company_id",
            "member_id",
            "buyer",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_appeal_due", "due_at", postgresql_where=text("state = 'open'")),
    )

    company_id: Mapped[Tenant]
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    member_id: Mapped[int]
    buyer: Mapped[str]
    """Whom it is about, as the member wrote it: a Whop user id or a name."""
    text: Mapped[str]
    state: Mapped[str] = mapped_column(default="open", server_default="open")
    """open, granted, refused, or lapsed: nobody decided by `due_at`, and all stays as it is."""
    created_at: Mapped[Instant]
    due_at: Mapped[Instant]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(default="", server_default="")
    """The creator's Whop user id; empty = undecided or lapsed."""
    answer: Mapped[str] = mapped_column(default="", server_default="")
    """What the creator wrote to the member."""
    buyer_id: Mapped[str] = mapped_column(default="", server_default="")
    """The buyer it was granted for."""
