"""Companies, their settings and rule sets, what their creators did, and who did what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Identity, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant, Json, Tenant


class Company(Base):
    """One Whop account: the tenant. Made by its first event or first page view."""

    __tablename__ = "company"

    company_id: Mapped[Tenant]
    title: Mapped[str] = mapped_column(default="", server_default="")
    owner_user_id: Mapped[str] = mapped_column(default="", server_default="")
    """Whop user id of the account's owner (the creator); empty while unknown."""
    page_url: Mapped[str] = mapped_column(default="", server_default="")
    """Where `/r/<code>` sends a visitor; empty = the company's page on whop.com."""
    visitor_key: Mapped[bytes] = mapped_column(default=b"", server_default="")
    """Sealed: keys the hash by which a visitor of its links is known; empty = made when needed."""
    created_at: Mapped[Instant]
    catalogue_at: Mapped[datetime | None]
    """When its creators last made or changed a quest or an achievement; empty = never."""


class SystemConfig(Base):
    """A company's settings: one row a key, the newest version wins."""

    __tablename__ = "system_config"

    company_id: Mapped[Tenant]
    key: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    value: Mapped[Json]
    created_at: Mapped[Instant]
    actor_user_id: Mapped[str]


class RuleSetVersion(Base):
    """A rule set a creator published. Version 1 is the default and has no row."""

    __tablename__ = "rule_set"
    __table_args__ = (CheckConstraint("version > 1", name="after_default"),)

    company_id: Mapped[Tenant]
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    valid_from: Mapped[Instant]
    document: Mapped[Json]
    actor_user_id: Mapped[str]


class CompanyFact(Base):
    """What a creator did, append-only: a time zone from a moment on, a promo tie."""

    __tablename__ = "company_fact"
    __table_args__ = (
        Index("ix_company_fact_kind", "company_id", "kind", "at"),
        Index(
            "ix_company_fact_subject",
            "company_id",
            "kind",
            "subject",
            "at",
            postgresql_where=text("subject <> ''"),
        ),
    )

    company_id: Mapped[Tenant]
    kind: Mapped[str] = mapped_column(primary_key=True)
    """`time_zone` (value = IANA name, holds from `at`), `promo_tie` (subject = promo code id, value
    = the member's Whop user id from then on, empty = nobody's), `credit` (subject = buyer, value =
    referrer, empty = nobody; the newest decides)."""
    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[Instant]
    value: Mapped[str]
    actor_user_id: Mapped[str] = mapped_column(default="", server_default="")
    subject: Mapped[str] = mapped_column(default="", server_default="")
    """What or whom it is about; empty = the company."""
    details: Mapped[Json] = mapped_column(server_default="{}")
    """Of a tie its `code`; of a credit the `payment_id` it starts with, and the `reason`."""


class Audit(Base):
    """Who did what by hand, append-only, written in the action's own transaction."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_company", "company_id", "id"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    company_id: Mapped[str | None]
    """Empty for what operators do outside every company."""
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    details: Mapped[Json]
    request_id: Mapped[str] = mapped_column(default="", server_default="")
    at: Mapped[Instant]
