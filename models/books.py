"""The books: who is credited, what each payment is worth, receipts, movements and balances.

Receipts and movements are append-only. `referral`, `payment_effect`, `lesson_effect` and
`balance` are their projections, changed only in the same transaction.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    SmallInteger,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant, Json, Minor, Tenant, of_member


class Referral(Base):
    """One buyer credited to one referrer in one company."""

    __tablename__ = "referral"
    __table_args__ = (
        of_member(),
        Index("ix_referral_member", "company_id", "member_id", "started_at"),
    )

    company_id: Mapped[Tenant]
    buyer_id: Mapped[str] = mapped_column(primary_key=True)
    buyer_name: Mapped[str] = mapped_column(default="", server_default="")
    member_id: Mapped[int]
    """The referrer."""
    payment_id: Mapped[str]
    """The payment whose claim this is."""
    source: Mapped[str]
    started_at: Mapped[Instant]
    conversion_payment_id: Mapped[str] = mapped_column(default="", server_default="")
    """Empty while no payment of the referral is its conversion."""
    conversion_at: Mapped[datetime | None]


class PaymentEffect(Base):
    """What one payment is worth to its referrer now, as posted (see `game.rules.effects`)."""

    __tablename__ = "payment_effect"
    __table_args__ = (
        of_member(),
        Index("ix_payment_effect_member", "company_id", "member_id", "at"),
        Index(
            "ix_payment_effect_conversion",
            "company_id",
            "member_id",
            "at",
            postgresql_where=text("kind = 'conversion'"),
        ),
        Index(
            "ix_payment_effect_due",
            "due_at",
            postgresql_where=text("account = 'pending' AND kept_minor > 0"),
        ),
        Index(
            "ix_payment_effect_payable",
            "company_id",
            "member_id",
            postgresql_where=text(
                "kept_minor <> paid_minor AND (account = 'payable' OR kept_minor < paid_minor)"
            ),
        ),
        CheckConstraint("account IN ('pending', 'held', 'payable')", name="account_known"),
        CheckConstraint("kept_minor BETWEEN 0 AND commission_minor", name="kept_within"),
    )

    company_id: Mapped[Tenant]
    payment_id: Mapped[str] = mapped_column(primary_key=True)
    buyer_id: Mapped[str]
    member_id: Mapped[int]
    kind: Mapped[str]
    """conversion, renewal, or none (credited to nobody any more: everything taken back)."""
    at: Mapped[Instant]
    day: Mapped[date]
    part: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    """With `day`: the row of `member_day` it counts in."""
    rule_version: Mapped[int] = mapped_column(Integer)
    character_class: Mapped[str]
    prestige_level: Mapped[int] = mapped_column(Integer)
    currency: Mapped[str]
    exponent: Mapped[int] = mapped_column(Integer)
    base_minor: Mapped[Minor]
    usd_base_cents: Mapped[Minor]
    commission_minor: Mapped[Minor]
    kept_minor: Mapped[Minor]
    paid_minor: Mapped[Minor] = mapped_column(default=0, server_default="0")
    """How much of it has been paid out to this member, or is on its way there."""
    paid_elsewhere: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    """What was paid out of it to whom it was credited before, or in the currency it was told in
    before: "member id, currency" → amount."""
    account: Mapped[str]
    """Where the kept, unpaid part lies."""
    due_at: Mapped[Instant]
    usd_value_cents: Mapped[Minor]
    usd_kept_cents: Mapped[Minor]
    points: Mapped[int]
    multiplier_bp: Mapped[int]
    xp_awarded: Mapped[int]
    xp_kept: Mapped[int]
    taken_num: Mapped[int]
    taken_den: Mapped[int]
    counts: Mapped[bool]
    counted: Mapped[bool]
    reason: Mapped[str]
    version: Mapped[int] = mapped_column(Integer)
    """How often it has been posted; the number in the newest receipt's key."""
    announced: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether the member was told with this payment that the referral is complete."""


class LessonEffect(Base):
    """XP of one lesson of one member, as posted."""

    __tablename__ = "lesson_effect"
    __table_args__ = (
        of_member(),
        Index("ix_lesson_effect_day", "company_id", "member_id", "day"),
    )

    company_id: Mapped[Tenant]
    member_id: Mapped[int] = mapped_column(primary_key=True)
    lesson_id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[Instant]
    day: Mapped[date]
    part: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    """With `day`: the row of `member_day` it counts in."""
    rule_version: Mapped[int] = mapped_column(Integer)
    multiplier_bp: Mapped[int]
    xp: Mapped[int]
    version: Mapped[int] = mapped_column(Integer)


class Receipt(Base):
    """One posting to one member, append-only: how much XP, why, by which rules, from what.

    The XP ledger is the sum of `xp`; the money of the same posting are the movements under the
    same key. `key`: `pay:<payment>:<n>`, `lesson:<lesson>:<n>`, `quest:<id>`, `ach:<key>`,
    `guild_quest:<id>`, `payout:<id>:<n>`; all carry the member before the colon's second part where
    the source is not the member's own.
    """

    __tablename__ = "receipt"
    __table_args__ = (
        of_member(),
        Index("ix_receipt_member", "company_id", "member_id", "seq"),
        Index(
            "ix_receipt_granted",
            "company_id",
            "member_id",
            "at",
            postgresql_where=text("xp <> 0 AND kind NOT IN ('payment', 'lesson')"),
        ),
    )

    company_id: Mapped[Tenant]
    member_id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(Identity(always=True))
    kind: Mapped[str]
    """payment, lesson, quest, achievement, guild_quest, payout."""
    source_id: Mapped[str]
    reason: Mapped[str]
    xp: Mapped[int]
    """Signed: taken back is below zero; zero where only money moved."""
    at: Mapped[Instant]
    """The fact's own moment."""
    posted_at: Mapped[Instant]
    rule_version: Mapped[int] = mapped_column(Integer)
    inputs: Mapped[Json]
    """What the rules were given, so that each figure can be computed again by hand."""


class Movement(Base):
    """Money from one account to another, append-only; balanced by construction.

    Accounts: `expense` (the company's commission expense) and the member's `pending`, `held`,
    `payable`, `paid`. A debt is a payable balance below zero.
    """

    __tablename__ = "movement"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "member_id", "key"],
            ["receipt.company_id", "receipt.member_id", "receipt.key"],
        ),
        CheckConstraint("amount_minor > 0", name="above_zero"),
        CheckConstraint("debit <> credit", name="two_accounts"),
        Index("ix_movement_member", "company_id", "member_id", "currency"),
    )

    company_id: Mapped[Tenant]
    member_id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    leg: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    debit: Mapped[str]
    """The account the amount leaves."""
    credit: Mapped[str]
    """The account the amount reaches."""
    currency: Mapped[str]
    amount_minor: Mapped[Minor]
    payment_id: Mapped[str | None]
    """The payment whose commission moves; empty where it is no single one's, as in a payout."""
    posted_at: Mapped[Instant]


class Balance(Base):
    """A member's money in one currency: the sums of their movements by account."""

    __tablename__ = "balance"
    __table_args__ = (of_member(),)

    company_id: Mapped[Tenant]
    member_id: Mapped[int] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    exponent: Mapped[int] = mapped_column(Integer)
    pending_minor: Mapped[Minor] = mapped_column(default=0, server_default="0")
    held_minor: Mapped[Minor] = mapped_column(default=0, server_default="0")
    payable_minor: Mapped[Minor] = mapped_column(default=0, server_default="0")
    """Below zero while a debt (taken back after it was paid) is open."""
    paid_minor: Mapped[Minor] = mapped_column(default=0, server_default="0")
