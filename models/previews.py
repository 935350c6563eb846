"""Previews of rule sets: a draft run over what really happened, with nothing posted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Identity, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant, Json, Tenant


class RulePreview(Base):
    """One asked preview, how far it is, and what came out.

    The work is cut into steps; `phase` and `cursor` say where the next one goes on, `sums` what
    the ones before it added up.
    """

    __tablename__ = "rule_preview"
    __table_args__ = (
        CheckConstraint("phase IN ('payments', 'members', 'done', 'failed')", name="phase_known"),
        Index(
            "ix_rule_preview_open",
            "created_at",
            postgresql_where=text("phase IN ('payments', 'members')"),
        ),
    )

    company_id: Mapped[Tenant]
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    actor_user_id: Mapped[str]
    document: Mapped[Json]
    """The draft, as it was checked when it was asked for."""
    days: Mapped[int] = mapped_column(Integer)
    since: Mapped[Instant]
    """The first moment it looks at: the beginning of a local day of the company."""
    until: Mapped[Instant]
    phase: Mapped[str] = mapped_column(default="payments", server_default="payments")
    cursor: Mapped[str] = mapped_column(default="", server_default="")
    """The last key of the phase that is done; empty = at its beginning."""
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    """Buyers and members looked at so far."""
    total: Mapped[int] = mapped_column(default=0, server_default="0")
    """Buyers and members there were to look at when it was asked for."""
    sums: Mapped[Json] = mapped_column(server_default="{}")
    result: Mapped[Json] = mapped_column(server_default="{}")
    """Empty until it is done."""
    created_at: Mapped[Instant]
    finished_at: Mapped[datetime | None]


class RulePreviewMember(Base):
    """What a preview changes for one member: XP and US cents by today's rules and by the draft."""

    __tablename__ = "rule_preview_member"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "preview_id"],
            ["rule_preview.company_id", "rule_preview.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(["company_id", "member_id"], ["member.company_id", "member.id"]),
    )

    company_id: Mapped[Tenant]
    preview_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    member_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    xp_now: Mapped[int] = mapped_column(default=0, server_default="0")
    xp_then: Mapped[int] = mapped_column(default=0, server_default="0")
    usd_now_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    usd_then_cents: Mapped[int] = mapped_column(default=0, server_default="0")
