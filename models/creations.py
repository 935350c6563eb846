"""What creators add to the game, how far giving it out is, and what levels open."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Identity, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant, Json, Tenant


class Creation(Base):
    """One version of a special quest or an achievement that a creator made, append-only.

    It holds from `at` on, until the next version of the same key. `company.catalogue_at` is the
    moment of a company's newest one.
    """

    __tablename__ = "creation"
    __table_args__ = (
        ForeignKeyConstraint(["company_id"], ["company.company_id"]),
        CheckConstraint("kind IN ('achievement', 'quest')", name="kind_known"),
        CheckConstraint("state IN ('draft', 'published', 'ended')", name="state_known"),
        Index("ix_creation_key", "company_id", "key", "number"),
    )

    company_id: Mapped[Tenant]
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, 3 … within the company, in the order of `at`."""
    kind: Mapped[str]
    key: Mapped[str]
    """`special:<number>` or `made:<number>` of its first version."""
    state: Mapped[str]
    document: Mapped[Json]
    """What `game.rules.creation_reading` reads."""
    at: Mapped[Instant]
    actor_user_id: Mapped[str]


class CreationRun(Base):
    """How far all members of a company have been looked at for a version of a creation.

    Of a quest that comes again there is one for each window. Late members do not need it: what
    they do next finds what they lack.
    """

    __tablename__ = "creation_run"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "number"], ["creation.company_id", "creation.number"]),
        Index("ix_creation_run_open", "company_id", postgresql_where=text("finished_at IS NULL")),
    )

    company_id: Mapped[Tenant]
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    starts_at: Mapped[Instant] = mapped_column(primary_key=True)
    """Of a quest, when its window begins; of an achievement, the version's own moment."""
    through: Mapped[int] = mapped_column(default=0, server_default="0")
    """The last member looked at in this pass, in the order of their ids."""
    members: Mapped[int]
    """How many there were when it began."""
    looked_at: Mapped[int] = mapped_column(default=0, server_default="0")
    given: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many got the quest, or unlocked the achievement, by this run."""
    skipped: Mapped[int] = mapped_column(default=0, server_default="0")
    """Members held by somebody else in this pass: another pass comes for them."""
    begun_at: Mapped[Instant]
    finished_at: Mapped[datetime | None]


class AchievementShare(Base):
    """How many members have an achievement, as last counted; key empty = members in all."""

    __tablename__ = "achievement_share"
    __table_args__ = (ForeignKeyConstraint(["company_id"], ["company.company_id"]),)

    company_id: Mapped[Tenant]
    key: Mapped[str] = mapped_column(primary_key=True)
    members: Mapped[int]
    counted_at: Mapped[Instant]


class Perk(Base):
    """What a creator gives to those who reached a level. It moves no figure."""

    __tablename__ = "perk"
    __table_args__ = (
        ForeignKeyConstraint(["company_id"], ["company.company_id"]),
        CheckConstraint("kind IN ('text', 'link', 'promo_code', 'whop_role')", name="kind_known"),
        Index("ix_perk_level", "company_id", "level", "id"),
    )

    company_id: Mapped[Tenant]
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    level: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str]
    title: Mapped[str]
    content: Mapped[str]
    """The text, the link, the code, or the role to ask for."""
    created_at: Mapped[Instant]
    removed_at: Mapped[datetime | None]
