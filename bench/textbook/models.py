"""The textbook pipeline's tables: one row per thing, with the keys and indexes it needs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """All tables of the textbook pipeline."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads this name from the class
        str: Text,
        int: BigInteger,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


class WebhookEvent(Base):
    """A webhook that was processed; a second delivery finds it."""

    __tablename__ = "webhook_event"

    webhook_id: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]
    processed_at: Mapped[datetime]


class Member(Base):
    """A member of a company with their figures."""

    __tablename__ = "member"
    __table_args__ = (UniqueConstraint("company_id", "whop_user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[str]
    whop_user_id: Mapped[str]
    username: Mapped[str] = mapped_column(default="")
    lifetime_xp: Mapped[int] = mapped_column(default=0)
    level_reached: Mapped[int] = mapped_column(default=1)
    level_ever: Mapped[int] = mapped_column(default=1)
    total_referrals: Mapped[int] = mapped_column(default=0)
    earned_usd_cents: Mapped[int] = mapped_column(default=0)
    best_streak: Mapped[int] = mapped_column(default=0)
    quests_through: Mapped[date | None]
    notice_seq: Mapped[int] = mapped_column(default=0)


class ClassChoice(Base):
    """A character class a member chose, from a moment on."""

    __tablename__ = "class_choice"

    member_id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    value: Mapped[str]


class ReferralCode(Base):
    """A member's code."""

    __tablename__ = "referral_code"

    company_id: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[int]


class PaymentRow(Base):
    """A payment as Whop told it."""

    __tablename__ = "payment"
    __table_args__ = (
        Index("ix_payment_buyer", "company_id", "buyer_id"),
        Index("ix_payment_membership", "company_id", "membership_id"),
    )

    company_id: Mapped[str] = mapped_column(primary_key=True)
    payment_id: Mapped[str] = mapped_column(primary_key=True)
    buyer_id: Mapped[str]
    buyer_name: Mapped[str]
    at: Mapped[datetime]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    received_at: Mapped[datetime]
    currency: Mapped[str]
    exponent: Mapped[int]
    total_minor: Mapped[int]
    tax_minor: Mapped[int]
    usd_total_cents: Mapped[int | None]
    presentment_minor: Mapped[int | None]
    presentment_currency: Mapped[str]
    presentment_exponent: Mapped[int]
    refunded_minor: Mapped[int]
    billing_reason: Mapped[str]
    membership_id: Mapped[str]
    ref: Mapped[str]
    ref_received_at: Mapped[datetime | None]
    promo_received_at: Mapped[datetime | None]
    promo_code_id: Mapped[str]
    shape: Mapped[int]
    told: Mapped[list[Any]] = mapped_column(default=list)
    tellings: Mapped[list[Any]] = mapped_column(default=list)


class RefundRow(Base):
    """A refund as Whop told it."""

    __tablename__ = "refund"
    __table_args__ = (Index("ix_refund_payment", "company_id", "payment_id"),)

    company_id: Mapped[str] = mapped_column(primary_key=True)
    refund_id: Mapped[str] = mapped_column(primary_key=True)
    payment_id: Mapped[str]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    exponent: Mapped[int]
    succeeded: Mapped[bool]
    status: Mapped[str]
    updated_at: Mapped[datetime]


class DisputeRow(Base):
    """A dispute as Whop told it."""

    __tablename__ = "dispute"
    __table_args__ = (Index("ix_dispute_payment", "company_id", "payment_id"),)

    company_id: Mapped[str] = mapped_column(primary_key=True)
    dispute_id: Mapped[str] = mapped_column(primary_key=True)
    payment_id: Mapped[str]
    status: Mapped[str]
    inquiry: Mapped[bool]
    updated_at: Mapped[datetime]


class MembershipRow(Base):
    """A membership as Whop told it."""

    __tablename__ = "membership"

    company_id: Mapped[str] = mapped_column(primary_key=True)
    membership_id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str]
    first_user_id: Mapped[str]
    status: Mapped[str]
    seen_trialing: Mapped[bool]
    ref: Mapped[str]
    ref_received_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    received_at: Mapped[datetime]
    told: Mapped[list[Any]] = mapped_column(default=list)


class LessonRow(Base):
    """A lesson a member finished, and what it was worth."""

    __tablename__ = "lesson"
    __table_args__ = (Index("ix_lesson_day", "member_id", "day"),)

    member_id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    day: Mapped[date]
    xp: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=0)


class Effect(Base):
    """What one payment is worth to its referrer."""

    __tablename__ = "effect"
    __table_args__ = (
        Index("ix_effect_buyer", "company_id", "buyer_id"),
        Index("ix_effect_member", "member_id", "kind", "at"),
    )

    company_id: Mapped[str] = mapped_column(primary_key=True)
    payment_id: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[int]
    buyer_id: Mapped[str]
    kind: Mapped[str]
    at: Mapped[datetime]
    day: Mapped[date]
    currency: Mapped[str]
    exponent: Mapped[int]
    commission_minor: Mapped[int]
    kept_minor: Mapped[int]
    account: Mapped[str]
    usd_value_cents: Mapped[int]
    usd_kept_cents: Mapped[int]
    xp_kept: Mapped[int]
    counts: Mapped[bool]
    counted: Mapped[bool]
    version: Mapped[int] = mapped_column(default=0)


class Referral(Base):
    """A buyer credited to a referrer."""

    __tablename__ = "referral"
    __table_args__ = (Index("ix_referral_member", "member_id"),)

    company_id: Mapped[str] = mapped_column(primary_key=True)
    buyer_id: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[int]
    payment_id: Mapped[str]
    source: Mapped[str]
    started_at: Mapped[datetime]


class XpEntry(Base):
    """One line of the XP ledger, with what it was computed from."""

    __tablename__ = "xp_entry"
    __table_args__ = (UniqueConstraint("member_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int]
    key: Mapped[str]
    kind: Mapped[str]
    xp: Mapped[int]
    reason: Mapped[str]
    inputs: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class LedgerEntry(Base):
    """One movement of money between two accounts."""

    __tablename__ = "ledger_entry"
    __table_args__ = (UniqueConstraint("member_id", "key", "leg"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int]
    key: Mapped[str]
    leg: Mapped[int]
    debit: Mapped[str]
    credit: Mapped[str]
    currency: Mapped[str]
    amount_minor: Mapped[int]
    payment_id: Mapped[str]
    created_at: Mapped[datetime]


class Balance(Base):
    """A member's money in one currency."""

    __tablename__ = "balance"

    member_id: Mapped[int] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    pending_minor: Mapped[int] = mapped_column(default=0)
    held_minor: Mapped[int] = mapped_column(default=0)
    payable_minor: Mapped[int] = mapped_column(default=0)


class MemberDay(Base):
    """The counts of one local day of a member."""

    __tablename__ = "member_day"

    member_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    conversions: Mapped[int] = mapped_column(default=0)
    commission_usd_cents: Mapped[int] = mapped_column(default=0)
    lessons: Mapped[int] = mapped_column(default=0)
    achievements: Mapped[int] = mapped_column(default=0)


class Quest(Base):
    """A quest assigned to a member."""

    __tablename__ = "quest"
    __table_args__ = (
        UniqueConstraint("member_id", "time_window", "first_day", "slot"),
        Index("ix_quest_open", "member_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int]
    template: Mapped[str]
    time_window: Mapped[str]
    slot: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    target_type: Mapped[str]
    target: Mapped[int]
    baseline: Mapped[int]
    reward_xp: Mapped[int]
    progress: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default="assigned")
    completed_at: Mapped[datetime | None]


class Unlock(Base):
    """An achievement of a member."""

    __tablename__ = "achievement_unlock"

    member_id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    unlocked_at: Mapped[datetime]


class Notice(Base):
    """A numbered notice of a member."""

    __tablename__ = "notice"

    member_id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str]
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
