"""Members of a company, what they did, and their figures of a day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant, Json, JsonList, Tenant, of_member


class Member(Base):
    """One Whop user within one company, with the projection of what their ledgers say.

    The figures below `figures` are changed only under the member's lock, in the transaction that
    writes the receipts they sum up; `legends verify` recomputes each of them.
    """

    __tablename__ = "member"
    __table_args__ = (
        ForeignKeyConstraint(["company_id"], ["company.company_id"]),
        UniqueConstraint("company_id", "whop_user_id"),
        Index("ix_member_username", "company_id", "username_lower", "id"),
        CheckConstraint("role IN ('member', 'moderator', 'creator')", name="role_known"),
    )

    company_id: Mapped[Tenant]
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    whop_user_id: Mapped[str]
    username: Mapped[str] = mapped_column(default="", server_default="")
    username_lower: Mapped[str] = mapped_column(default="", server_default="")
    """Lower-cased copy: the only search that keeps its index under row level security."""
    named_at: Mapped[datetime | None]
    """When the name was told; an older telling never replaces it. Empty = not known."""
    avatar_url: Mapped[str] = mapped_column(default="", server_default="")
    role: Mapped[str] = mapped_column(default="member", server_default="member")
    banned_at: Mapped[datetime | None]
    """Reading of the member's last ban fact; empty = not banned."""
    sessions_valid_from: Mapped[datetime | None]
    """App sessions issued before this moment are refused; empty = all are good."""
    created_at: Mapped[Instant]

    # figures
    lifetime_xp: Mapped[int] = mapped_column(default=0, server_default="0")
    """All XP awarded less all taken back; below zero only while a debt is open."""
    prestige_level: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    character_class: Mapped[str | None]
    """Reading of the last class fact; empty = novice."""
    level_reached: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    """The highest level announced in this run."""
    level_ever: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    total_referrals: Mapped[int] = mapped_column(default=0, server_default="0")
    """Conversions that count: big enough, less than half taken back."""
    earned_usd_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    """USD value of all kept commission."""
    quests_claimed: Mapped[int] = mapped_column(default=0, server_default="0")
    guilds_joined: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """How often the member came into a guild."""
    guild_led: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """The most members that a guild had while they led it."""
    best_streak: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """The longest streak seen so far, in active days: see `game.rules.streaks`."""
    streaks_read: Mapped[bool] = mapped_column(Boolean, default=True, server_default="true")
    """False where the member's days were last looked at by the rule without frozen days."""
    clicks: Mapped[int] = mapped_column(default=0, server_default="0")
    """Unique visitors a day on the member's links, summed over all days."""
    weekly_firsts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Weekly XP boards that closed with the member in first place."""
    xp_at: Mapped[datetime | None]
    """Newest fact in `lifetime_xp`; likewise below. It decides ties; empty = there is none."""
    referrals_at: Mapped[datetime | None]
    commission_at: Mapped[datetime | None]
    board_seq: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often anything a board shows of the member was written: of two readings the one with
    the larger number is newer."""
    quests_through: Mapped[date | None]
    """The last local day whose quests are assigned; empty = none yet."""
    quests_part: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    """Which of several days of that date: see `part` of `member_day`."""
    notice_seq: Mapped[int] = mapped_column(default=0, server_default="0")
    """Number of the member's newest notice."""
    notices_read: Mapped[int] = mapped_column(default=0, server_default="0")
    """Number up to which the member has read their notices."""

    # what the member set
    anonymous: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    """Whether other members do not see who it is."""
    silent_kinds: Mapped[JsonList] = mapped_column(server_default="[]")
    """Kinds of notices that stand in the list and do not pop up."""


class MemberFact(Base):
    """What a member did, append-only, with its own time and key.

    `kind`: `visit` (key = local day), `click` (key = day and visitor), `class` (value = class),
    `prestige` (value = new level), `claim` (key = quest id;
    value = `granted` where the close of its window granted it), `ban` (value = banned or lifted),
    `reroll` (key = local day, value = id of the quest that was swapped),
    `owner` (became or ceased to be the company's owner; value = who is it from then on),
    `guild` (key = how manieth; value = the guild they are in from then on, empty = none),
    `message` (key = guild and number of an entry: they wrote it).
    """

    __tablename__ = "member_fact"
    __table_args__ = (
        of_member(),
        UniqueConstraint("company_id", "member_id", "kind", "key"),
        CheckConstraint("aside IN ('', 'retrying', 'dead')", name="aside_known"),
        Index(
            "ix_member_fact_open",
            "company_id",
            "id",
            postgresql_where=text("NOT settled AND aside = ''"),
        ),
        Index(
            "ix_member_fact_due",
            "next_attempt_at",
            postgresql_where=text("aside = 'retrying'"),
        ),
    )

    company_id: Mapped[Tenant]
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    member_id: Mapped[int]
    kind: Mapped[str]
    key: Mapped[str]
    at: Mapped[Instant]
    value: Mapped[str] = mapped_column(default="", server_default="")
    details: Mapped[Json] = mapped_column(server_default="{}")
    settled: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    """True once its effects are in the books. What the fact says never changes; this and the
    columns below say how far it got."""
    aside: Mapped[str] = mapped_column(default="", server_default="")
    """Why a fact that is not settled does not wait for a worker either: `retrying` (failed, comes
    again at `next_attempt_at`) or `dead` (see dead_letter); empty = it waits, or is settled."""
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Tries that failed, whatever ended them."""
    crashes: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Those among them that ended with the worker's death."""
    alone: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    """Goes through in a batch of its own: it was in a batch whose worker died."""
    next_attempt_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="", server_default="")


class MemberDay(Base):
    """A member's counts of one local day: what quests and streaks are read from.

    Where a company changed its time zone, a day is cut at the moments at which windows ended by
    the zone before, and two days may bear one date: each such stretch is a row of its own.

    `conversions` and `commission_usd_cents` are in full, whether or not taken back later.
    """

    __tablename__ = "member_day"
    __table_args__ = (of_member(), Index("ix_member_day_company", "company_id", "day"))

    company_id: Mapped[Tenant]
    member_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(
        SmallInteger, primary_key=True, default=0, server_default="0", autoincrement=False
    )
    """Which stretch of this date; 0 = the first, nearly always the only one."""
    starts_at: Mapped[datetime | None]
    """Its first moment: it counts for the windows that hold it. Empty = not written since this
    column is there, so of the zone that `day` was named by."""
    conversions: Mapped[int] = mapped_column(default=0, server_default="0")
    commission_usd_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    lessons: Mapped[int] = mapped_column(default=0, server_default="0")
    visits: Mapped[int] = mapped_column(default=0, server_default="0")
    clicks: Mapped[int] = mapped_column(default=0, server_default="0")
    messages: Mapped[int] = mapped_column(default=0, server_default="0")
    quests_claimed: Mapped[int] = mapped_column(default=0, server_default="0")
    quests_granted: Mapped[int] = mapped_column(default=0, server_default="0")
    """Those among `quests_claimed` that the close of a window granted: no activity of a streak."""
    achievements: Mapped[int] = mapped_column(default=0, server_default="0")
    xp: Mapped[int] = mapped_column(default=0, server_default="0")
    """With `referrals` and `kept_usd_cents` what windows' boards rank: of the facts of this
    stretch, less what was taken back of them whenever that was."""
    referrals: Mapped[int] = mapped_column(default=0, server_default="0")
    kept_usd_cents: Mapped[int] = mapped_column(default=0, server_default="0")
    xp_at: Mapped[datetime | None]
    """Newest fact in `xp`; likewise below. Empty = there is none."""
    referrals_at: Mapped[datetime | None]
    kept_at: Mapped[datetime | None]
