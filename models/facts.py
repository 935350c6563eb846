"""What Whop told us, merged: one row per payment, refund, dispute, membership, lesson.

The columns are those of `game.rules.facts`, which documents each of them.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant, Json, JsonList, Minor, Tenant, of_member


class PaymentFact(Base):
    """A paid payment. Empty text = Whop did not say."""

    __tablename__ = "payment"
    __table_args__ = (
        Index("ix_payment_buyer", "company_id", "buyer_id", "at"),
        Index("ix_payment_membership", "company_id", "membership_id", "at"),
        Index(
            "ix_payment_free_code",
            "company_id",
            text('upper(ref COLLATE "C")'),
            postgresql_where=text("ref <> '' AND total_minor <= tax_minor"),
        ),
        Index(
            "ix_payment_click",
            "company_id",
            "ref",
            postgresql_where=text("starts_with(ref, 'ck_')"),
        ),
        Index(
            "ix_payment_promo",
            "company_id",
            "promo_code_id",
            "at",
            postgresql_where=text("promo_code_id <> ''"),
        ),
    )

    company_id: Mapped[Tenant]
    payment_id: Mapped[str] = mapped_column(primary_key=True)
    buyer_id: Mapped[str]
    buyer_name: Mapped[str]
    at: Mapped[Instant]
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]
    received_at: Mapped[Instant]
    currency: Mapped[str]
    exponent: Mapped[int] = mapped_column(Integer)
    total_minor: Mapped[Minor]
    tax_minor: Mapped[Minor]
    usd_total_cents: Mapped[int | None]
    presentment_minor: Mapped[int | None]
    presentment_currency: Mapped[str]
    presentment_exponent: Mapped[int] = mapped_column(Integer)
    refunded_minor: Mapped[Minor]
    billing_reason: Mapped[str]
    membership_id: Mapped[str]
    ref: Mapped[str]
    promo_code_id: Mapped[str]
    shape: Mapped[int] = mapped_column(Integer)
    ref_received_at: Mapped[datetime | None]
    promo_received_at: Mapped[datetime | None]
    told: Mapped[JsonList] = mapped_column(server_default="[]")
    tellings: Mapped[JsonList] = mapped_column(server_default="[]")
    """Amounts that other bodies than the deciding one told (`game.rules.tellings`)."""


class RefundFact(Base):
    """A refund; it may be here before its payment is."""

    __tablename__ = "refund"
    __table_args__ = (Index("ix_refund_payment", "company_id", "payment_id"),)

    company_id: Mapped[Tenant]
    refund_id: Mapped[str] = mapped_column(primary_key=True)
    payment_id: Mapped[str]
    amount_minor: Mapped[Minor]
    currency: Mapped[str]
    exponent: Mapped[int] = mapped_column(Integer)
    succeeded: Mapped[bool] = mapped_column(Boolean)
    status: Mapped[str]
    updated_at: Mapped[Instant]


class DisputeFact(Base):
    """A dispute; it may be here before its payment is."""

    __tablename__ = "dispute"
    __table_args__ = (Index("ix_dispute_payment", "company_id", "payment_id"),)

    company_id: Mapped[Tenant]
    dispute_id: Mapped[str] = mapped_column(primary_key=True)
    payment_id: Mapped[str]
    status: Mapped[str]
    inquiry: Mapped[bool] = mapped_column(Boolean)
    updated_at: Mapped[Instant]


class MembershipFact(Base):
    """A membership as its newest event tells it."""

    __tablename__ = "membership"
    __table_args__ = (
        Index(
            "ix_membership_tried_code",
            "company_id",
            text('upper(ref COLLATE "C")'),
            postgresql_where=text("ref <> '' AND seen_trialing"),
        ),
        Index(
            "ix_membership_click",
            "company_id",
            "ref",
            postgresql_where=text("starts_with(ref, 'ck_')"),
        ),
    )

    company_id: Mapped[Tenant]
    membership_id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str]
    first_user_id: Mapped[str]
    status: Mapped[str]
    seen_trialing: Mapped[bool] = mapped_column(Boolean)
    ref: Mapped[str]
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]
    received_at: Mapped[Instant]
    ref_received_at: Mapped[datetime | None]
    told: Mapped[JsonList] = mapped_column(server_default="[]")


class LessonFact(Base):
    """A lesson finished by a user, once, at its earliest completion."""

    __tablename__ = "lesson"
    __table_args__ = (
        Index("ix_lesson_at", "company_id", "at"),
        Index("ix_lesson_user", "company_id", "user_id", "at"),
    )

    company_id: Mapped[Tenant]
    user_id: Mapped[str] = mapped_column(primary_key=True)
    lesson_id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[Instant]


class ReferralCode(Base):
    """A member's referral code, upper case."""

    __tablename__ = "referral_code"
    __table_args__ = (
        of_member(),
        Index("ix_referral_code_member", "company_id", "member_id"),
        Index("ix_referral_code_code", "code", "created_at"),
        Index(
            "ix_referral_code_without_checkout",
            "checkout_next_at",
            postgresql_where=text("purchase_url = ''"),
        ),
        Index(
            "ix_referral_code_made_for",
            "company_id",
            "made_for",
            postgresql_where=text("made_for <> ''"),
        ),
    )

    company_id: Mapped[Tenant]
    code: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[int]
    created_at: Mapped[Instant]
    expires_at: Mapped[datetime | None]
    """Empty = for ever."""
    purchase_url: Mapped[str] = mapped_column(default="", server_default="")
    """Whop's checkout whose payments carry this code; empty = Whop has made none yet."""
    checkout_key: Mapped[str] = mapped_column(default="", server_default="")
    """Names the request to Whop, so that asking again makes no second checkout; empty = a new one
    is due."""
    checkout_attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    checkout_next_at: Mapped[Instant] = mapped_column(server_default=text("now()"))
    """When Whop may be asked (again), as long as there is no checkout."""
    campaign_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(default="", server_default="")
    """What the member calls it; empty with no campaign = their main link."""
    plan_id: Mapped[str] = mapped_column(default="", server_default="")
    """The plan the member wants it to sell; empty = what the company's links sell."""
    made_for: Mapped[str] = mapped_column(default="", server_default="")
    """The plan its checkout sells; empty = there is none, or it was made before this was noted."""
    former_url: Mapped[str] = mapped_column(default="", server_default="")
    """The checkout before, followed until the new one is there; empty = none that still sells."""


class ClickFact(Base):
    """A click on a referral link.

    Where a company's own page makes the checkout, it may hand the token on, which then comes back
    in `metadata.wl_ref`; the checkouts we ask for carry the code.
    """

    __tablename__ = "click"
    __table_args__ = (
        of_member(),
        Index("ix_click_member", "company_id", "member_id", "at"),
        Index("ix_click_code", "company_id", "code", "at"),
        Index("ix_click_visitor", "company_id", "visitor", "at"),
    )

    company_id: Mapped[Tenant]
    token: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]
    member_id: Mapped[int]
    visitor: Mapped[str]
    """Keyed hash of address and browser: tells visitors apart, names nobody."""
    at: Mapped[Instant]
    device: Mapped[str] = mapped_column(default="", server_default="")
    """phone, tablet or desktop; empty = not known."""
    country: Mapped[str] = mapped_column(default="", server_default="")
    """Two capitals, where a proxy before us names it; else empty."""
    utm: Mapped[Json] = mapped_column(server_default="{}")
    """The `utm_…` words of the link as it was followed, without their prefix."""
    to_checkout: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    """Whether the visitor was sent to a checkout of the link's own."""


class Currency(Base):
    """A currency outside ISO 4217 (`usdt`): its exponent for ever is its first body's."""

    __tablename__ = "currency"

    currency: Mapped[str] = mapped_column(primary_key=True)
    exponent: Mapped[int] = mapped_column(Integer)
