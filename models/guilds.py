"""Guilds: who is in them, what they brought, what is said in them, and what they do together.

Whoever changes a guild or its membership holds the guild's row first, then the members it
concerns. A batch takes no lock of a guild: what members bring stands in rows of each member
(`GuildShare`, `GuildWeek`), written under the member's lock and summed up when read.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant, Json, Tenant, of_member


def of_guild() -> ForeignKeyConstraint:
    """The composite key that keeps a row and its guild in one company."""
    return ForeignKeyConstraint(["company_id", "guild_id"], ["guild.company_id", "guild.id"])


class Guild(Base):
    """One guild of a company. A disbanded one keeps its row, its name may be taken again."""

    __tablename__ = "guild"
    __table_args__ = (
        ForeignKeyConstraint(["company_id"], ["company.company_id"]),
        Index(
            "uq_guild_name",
            "company_id",
            "name_lower",
            unique=True,
            postgresql_where=text("disbanded_at IS NULL"),
        ),
        Index(
            "ix_guild_standing",
            "company_id",
            "members",
            "id",
            postgresql_where=text("disbanded_at IS NULL"),
        ),
        CheckConstraint("access IN ('open', 'request', 'invite')", name="access_known"),
        CheckConstraint("members >= 0", name="members_not_below_zero"),
    )

    company_id: Mapped[Tenant]
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    name: Mapped[str]
    name_lower: Mapped[str]
    about: Mapped[str] = mapped_column(default="", server_default="")
    access: Mapped[str]
    """Who gets in: everybody, who is let in after asking, or who was invited."""
    members: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """How many there are, changed with their rows under this row's lock."""
    entry_seq: Mapped[int] = mapped_column(default=0, server_default="0")
    """Number of its newest entry (`GuildEntry`)."""
    created_at: Mapped[Instant]
    disbanded_at: Mapped[datetime | None]


class GuildMember(Base):
    """Who is in a guild now: the key lets nobody be in two. When, is the member's own fact."""

    __tablename__ = "guild_member"
    __table_args__ = (
        of_member(),
        of_guild(),
        Index("ix_guild_member_guild", "company_id", "guild_id", "joined_at", "member_id"),
        CheckConstraint("role IN ('leader', 'officer', 'member')", name="role_known"),
    )

    company_id: Mapped[Tenant]
    member_id: Mapped[int] = mapped_column(primary_key=True)
    guild_id: Mapped[int]
    role: Mapped[str]
    role_since: Mapped[Instant]
    """Who has been an officer longest leads next."""
    joined_at: Mapped[Instant]


class GuildRequest(Base):
    """Who asked to be let in (`request`) or was asked to come (`invite`), not answered yet."""

    __tablename__ = "guild_request"
    __table_args__ = (
        of_member(),
        of_guild(),
        Index("ix_guild_request_member", "company_id", "member_id"),
        CheckConstraint("kind IN ('request', 'invite')", name="kind_known"),
    )

    company_id: Mapped[Tenant]
    guild_id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    by_member_id: Mapped[int]
    """Who asked: the member, or who invited them."""
    at: Mapped[Instant]


class GuildShare(Base):
    """What one member brought to one guild, by the guild they were in at each fact's own time.

    A projection of the member's receipts and payment effects, changed under the member's lock
    alone. No key to the guild: it would lock the guild's row in every batch. Below zero where more
    was taken back than awarded; rows of members who left stay.
    """

    __tablename__ = "guild_share"
    __table_args__ = (of_member(), Index("ix_guild_share_member", "company_id", "member_id"))

    company_id: Mapped[Tenant]
    guild_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    member_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    xp: Mapped[int] = mapped_column(default=0, server_default="0")
    referrals: Mapped[int] = mapped_column(default=0, server_default="0")
    """Conversions that count: big enough, less than half taken back."""
    earned_usd_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    """USD value of the kept commission."""


class GuildEntry(Base):
    """One entry of a guild's channel: a message, or something that became of the guild.

    Numbered 1, 2, 3 … under the guild's row lock. No key to the member, whose row it would touch:
    a message costs no lock of a member.
    """

    __tablename__ = "guild_entry"
    __table_args__ = (
        of_guild(),
        Index(
            "uq_guild_entry_key",
            "company_id",
            "guild_id",
            "member_id",
            "client_key",
            unique=True,
            postgresql_where=text("client_key <> ''"),
        ),
        CheckConstraint("type IN ('guild_message', 'guild_changed')", name="type_known"),
    )

    company_id: Mapped[Tenant]
    guild_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    type: Mapped[str]
    member_id: Mapped[int]
    """Who wrote it, or whom it is about; 0 = nobody."""
    username: Mapped[str]
    """What they were called then."""
    text: Mapped[str] = mapped_column(default="", server_default="")
    """Of a message; empty once it was deleted."""
    details: Mapped[Json] = mapped_column(server_default="{}")
    """Of a change: what became of what (`game.services.guilds.entries`)."""
    client_key: Mapped[str] = mapped_column(default="", server_default="")
    """The sender's own name for a message, so that sending it again does not double it."""
    at: Mapped[Instant]
    deleted_at: Mapped[datetime | None]
    deleted_by: Mapped[int | None]


class GuildReport(Base):
    """A message that a member wants looked at, once a member."""

    __tablename__ = "guild_report"
    __table_args__ = (
        of_member(),
        ForeignKeyConstraint(
            ["company_id", "guild_id", "number"],
            ["guild_entry.company_id", "guild_entry.guild_id", "guild_entry.number"],
        ),
    )

    company_id: Mapped[Tenant]
    guild_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    member_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(default="", server_default="")
    at: Mapped[Instant]


class GuildWeek(Base):
    """What one member did for one guild in one week of the company: what guild quests count.

    Kept like `GuildShare`, and whether or not a quest was dealt: `starts_at` names the week.
    """

    __tablename__ = "guild_week"
    __table_args__ = (of_member(), Index("ix_guild_week_member", "company_id", "member_id"))

    company_id: Mapped[Tenant]
    guild_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    referrals: Mapped[int] = mapped_column(default=0, server_default="0")
    """Conversions in full, whether or not taken back later."""
    clicks: Mapped[int] = mapped_column(default=0, server_default="0")


class GuildQuest(Base):
    """What a guild does together in one week `[starts_at, ends_at)`, its numbers fixed."""

    __tablename__ = "guild_quest"
    __table_args__ = (
        of_guild(),
        UniqueConstraint("company_id", "guild_id", "starts_at"),
        Index("ix_guild_quest_open", "company_id", "guild_id", postgresql_where=text("is_open")),
        CheckConstraint("template IN ('muster', 'rumour')", name="template_known"),
    )

    company_id: Mapped[Tenant]
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    guild_id: Mapped[int]
    template: Mapped[str]
    """`muster` counts referrals, `rumour` clicks."""
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    closes_at: Mapped[Instant]
    """From then on late facts do not count any more."""
    members: Mapped[int] = mapped_column(Integer)
    """How many were in the guild at the week's start: what the target is made from."""
    target: Mapped[int] = mapped_column(Integer)
    reward_xp: Mapped[int] = mapped_column(Integer)
    """For each member, before class and prestige."""
    rule_version: Mapped[int] = mapped_column(Integer)
    dealt_at: Mapped[Instant]
    told: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Up to which progress the guild's channel told of it."""
    rewarded: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """How many members got its reward."""
    completed_at: Mapped[datetime | None]
    """When it was first seen complete; a moment."""
    is_open: Mapped[bool] = mapped_column(Boolean, default=True, server_default="true")
    """Neither completed nor closed: the job still looks at it."""
