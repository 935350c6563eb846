"""Quests assigned to members and achievements they unlocked: moments, kept for good."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Identity, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant, Json, Tenant, of_member


class Quest(Base):
    """One quest of one member for one window `[starts_at, ends_at)`, its numbers fixed."""

    __tablename__ = "quest"
    __table_args__ = (
        of_member(),
        UniqueConstraint("company_id", "member_id", "time_window", "starts_at", "slot"),
        Index("ix_quest_member", "company_id", "member_id", "ends_at"),
        Index(
            "ix_quest_assigned",
            "company_id",
            "member_id",
            postgresql_where=text("state = 'assigned' AND closed_at IS NULL"),
        ),
        Index(
            "ix_quest_closing",
            "closes_at",
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "ix_quest_entry",
            "company_id",
            "entry",
            postgresql_where=text("entry IS NOT NULL"),
        ),
        CheckConstraint(
            "state IN ('assigned', 'completed', 'claimed', 'replaced')", name="state_known"
        ),
    )

    company_id: Mapped[Tenant]
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    member_id: Mapped[int]
    template: Mapped[str]
    time_window: Mapped[str]
    """daily, weekly, monthly; special = written by a creator."""
    slot: Mapped[str]
    """Of a quest put in the place of another, that one's with `:2`."""
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    first_day: Mapped[date]
    last_day: Mapped[date]
    """The window's first and last date, as the company named its days when it was assigned."""
    target_type: Mapped[str]
    target: Mapped[int]
    baseline: Mapped[int] = mapped_column(default=0, server_default="0")
    """For `level`: the highest level ever when it was assigned."""
    reward_xp: Mapped[int] = mapped_column(Integer)
    rule_version: Mapped[int] = mapped_column(Integer)
    progress: Mapped[int] = mapped_column(default=0, server_default="0")
    """Never goes down, stops at the target."""
    state: Mapped[str] = mapped_column(default="assigned", server_default="assigned")
    assigned_at: Mapped[Instant]
    completed_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    """When the closing job was done with it."""
    closes_at: Mapped[datetime | None]
    """From then on late facts do not count any more. None = the closing job has yet to say."""
    entry: Mapped[int | None]
    """Of a quest a creator wrote, the number of its version in `creation`."""
    terms: Mapped[Json | None]
    """What such a quest asks of this member: a requirement, values fixed."""


class AchievementUnlock(Base):
    """An achievement of a member: once, for good."""

    __tablename__ = "achievement_unlock"
    __table_args__ = (of_member(),)

    company_id: Mapped[Tenant]
    member_id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    reward_xp: Mapped[int] = mapped_column(Integer)
    unlocked_at: Mapped[Instant]
