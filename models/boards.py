"""Boards: scores on their way to Redis, closed windows with their chained hashes, and leagues.

The scores themselves stand on `member` (all time) and `member_day` (windows): they are projections
of the books, kept by whoever posts. What is closed or dealt is a moment and never changes.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant, JsonList, Tenant, of_member


class BoardOutbox(Base):
    """Members whose scores moved and are perhaps not in Redis yet; the row goes when they are."""

    __tablename__ = "board_outbox"
    __table_args__ = (Index("ix_board_outbox_created", "created_at"),)

    company_id: Mapped[Tenant]
    key: Mapped[str] = mapped_column(primary_key=True)
    """Random: the writer knows it without asking."""
    members: Mapped[JsonList]
    """Their ids."""
    created_at: Mapped[Instant]


class BoardState(Base):
    """How far a company's boards are."""

    __tablename__ = "board_state"
    __table_args__ = (ForeignKeyConstraint(["company_id"], ["company.company_id"]),)

    company_id: Mapped[Tenant]
    counted_through: Mapped[int] = mapped_column(default=0, server_default="0")
    """Member up to whom the scores were counted from the ledgers."""
    counted_at: Mapped[datetime | None]
    """When all were; empty = the scores of facts from before there were any are missing."""


class LeaderboardWindow(Base):
    """One closed board of one company: the record that is hashed, and the hash.

    `number` counts a company's closed boards from 1; each names the hash of the one before.
    """

    __tablename__ = "leaderboard_window"
    __table_args__ = (
        ForeignKeyConstraint(["company_id"], ["company.company_id"]),
        UniqueConstraint("company_id", "time_window", "category", "starts_at"),
        CheckConstraint("time_window IN ('weekly', 'monthly')", name="window_known"),
        CheckConstraint("category IN ('xp', 'referrals', 'commission')", name="category_known"),
    )

    company_id: Mapped[Tenant]
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    time_window: Mapped[str]
    category: Mapped[str]
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    closed_at: Mapped[Instant]
    through_seq: Mapped[int]
    """The newest receipt that counts: with it the ranks can be computed again."""
    members: Mapped[int] = mapped_column(Integer)
    """How many have a place."""
    root: Mapped[str]
    """One hash of all places."""
    previous: Mapped[str]
    """`hash` of the number before."""
    hash: Mapped[str]


class LeaderboardEntry(Base):
    """One place of a closed board, for good."""

    __tablename__ = "leaderboard_entries"
    __table_args__ = (
        of_member(),
        ForeignKeyConstraint(
            ["company_id", "number"],
            ["leaderboard_window.company_id", "leaderboard_window.number"],
        ),
        Index("ix_leaderboard_entries_member", "company_id", "member_id", "number"),
    )

    company_id: Mapped[Tenant]
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """From 1, without doubles."""
    member_id: Mapped[int]
    rank: Mapped[int] = mapped_column(Integer)
    value: Mapped[int]
    """XP, referrals, or US cents."""
    newest_at: Mapped[Instant]
    salt: Mapped[str]
    """Random, so that nobody finds a neighbour's value by trying."""


class LeagueWeek(Base):
    """One week of a company's leagues. `[starts_at, ends_at)` in UTC."""

    __tablename__ = "league_week"
    __table_args__ = (ForeignKeyConstraint(["company_id"], ["company.company_id"]),)

    company_id: Mapped[Tenant]
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    ends_at: Mapped[Instant]
    dealt_at: Mapped[Instant]
    dealt_through: Mapped[int]
    """The newest receipt that counted when it was dealt."""
    rule_version: Mapped[int] = mapped_column(Integer)
    players: Mapped[int] = mapped_column(Integer)
    """Who had XP lately at the week's start."""
    in_force: Mapped[bool]
    moved_at: Mapped[datetime | None]
    """When it was decided who moves; empty = not yet."""
    moved_through: Mapped[int | None]


class LeagueSeat(Base):
    """One member in one week's group."""

    __tablename__ = "league_seat"
    __table_args__ = (
        of_member(),
        ForeignKeyConstraint(
            ["company_id", "starts_at"], ["league_week.company_id", "league_week.starts_at"]
        ),
        Index("ix_league_seat_group", "company_id", "starts_at", "tier", "group_number"),
        Index("ix_league_seat_member", "company_id", "member_id", "starts_at"),
        CheckConstraint("tier BETWEEN 0 AND 4", name="tier_known"),
        CheckConstraint("step BETWEEN -1 AND 1", name="one_step"),
    )

    company_id: Mapped[Tenant]
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tier: Mapped[int] = mapped_column(Integer)
    """0 bronze, 1 silver, 2 gold, 3 platinum, 4 diamond."""
    group_number: Mapped[int] = mapped_column(Integer)
    measured_xp: Mapped[int | None]
    """XP by which they were dealt; empty = they came in mid-week."""
    seated_at: Mapped[Instant]
    final_rank: Mapped[int | None] = mapped_column(Integer)
    """With `final_xp` and `step`: what the week came to; empty until it is decided."""
    final_xp: Mapped[int | None]
    step: Mapped[int | None] = mapped_column(Integer)
    """1 = a tier up, -1 = one down."""
