"""What happens in the twin's world, before any payload shape: people, sales, refunds, disputes.

Plain frozen values. How Whop would write each of them down is the business of the body modules.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

EXPONENTS = {"usd": 2, "eur": 2, "jpy": 0, "kwd": 3}


@dataclass(frozen=True)
class Money:
    """An amount in minor units of its currency, as it is settled."""

    minor: int
    currency: str

    @property
    def exponent(self) -> int:
        return EXPONENTS[self.currency]

    @property
    def major(self) -> Decimal:
        return Decimal(self.minor).scaleb(-self.exponent)


@dataclass(frozen=True)
class Company:
    id: str
    title: str
    route: str
    owner_id: str
    experience_id: str


@dataclass(frozen=True)
class Person:
    id: str
    username: str
    name: str

    @property
    def avatar_url(self) -> str:
        return f"https://assets.whop.com/uploads/avatars/{self.username}.png"

    @property
    def email(self) -> str:
        return f"{self.username}@example.com"


@dataclass(frozen=True)
class Plan:
    """What can be bought. `period_days` None = bought once; `trial_days` 0 = no trial."""

    id: str
    title: str
    product_id: str
    product_title: str
    price: Money
    period_days: int | None = 30
    trial_days: int = 0


@dataclass(frozen=True)
class Promo:
    id: str
    code: str
    percent_off: int


@dataclass(frozen=True)
class Card:
    method_id: str
    brand: str
    last4: str
    issuer_number: str
    exp_month: int
    exp_year: int


@dataclass(frozen=True)
class Buyer:
    """A person with what Whop knows of them in one company."""

    person: Person
    member_id: str
    card: Card
    ip: str
    risk_score: int


class Stage(StrEnum):
    """How far a sale has come; the names of the payment events."""

    CREATED = "created"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True)
class Sale:
    """One payment at one moment. `tax` None = no tax; `usd_total` None = not known yet."""

    id: str
    company: Company
    buyer: Buyer
    plan: Plan
    reason: str
    stage: Stage
    subtotal: Money
    total: Money
    tax: Money | None
    usd_total: Money | None
    created_at: datetime
    updated_at: datetime
    paid_at: datetime | None = None
    membership_id: str | None = None
    promo: Promo | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    refunded_minor: int = 0
    failures: int = 0


class RefundShape(StrEnum):
    """Whop's pages disagree on how a pinned webhook writes a refund: both ways occur."""

    NATIVE = "native"
    NESTED = "nested"


@dataclass(frozen=True)
class Refund:
    id: str
    sale: Sale
    amount: Money
    status: str
    created_at: datetime
    updated_at: datetime
    shape: RefundShape = RefundShape.NESTED
    reason: str = "requested_by_customer"


@dataclass(frozen=True)
class Dispute:
    """A dispute at one moment; `status` in the current words, `warning_*` for an inquiry."""

    id: str
    sale: Sale
    status: str
    created_at: datetime
    updated_at: datetime
    reason: str = "fraudulent"

    @property
    def is_open(self) -> bool:
        return self.status.endswith(("needs_response", "under_review"))


@dataclass(frozen=True)
class DisputeAlert:
    id: str
    sale: Sale
    auto_refunded: bool
    created_at: datetime


@dataclass(frozen=True)
class Membership:
    id: str
    company: Company
    buyer: Buyer
    plan: Plan
    status: str
    created_at: datetime
    updated_at: datetime
    period_start: datetime
    period_end: datetime | None
    metadata: dict[str, str]
    promo: Promo | None = None
    cancel_at_period_end: bool = False
    canceled_at: datetime | None = None
    cancel_option: str | None = None


@dataclass(frozen=True)
class Lesson:
    """A lesson somebody finished."""

    id: str
    company: Company
    person: Person
    course_id: str
    course_title: str
    lesson_id: str
    lesson_title: str
    chapter_id: str
    created_at: datetime


@dataclass(frozen=True)
class Joined:
    """A new member of the company at Whop."""

    company: Company
    buyer: Buyer
    spent: Money
    joined_at: datetime


@dataclass(frozen=True)
class Entry:
    """A place on the waiting list."""

    id: str
    company: Company
    buyer: Buyer
    plan: Plan
    status: str
    invited_by: str
    created_at: datetime


@dataclass(frozen=True)
class Invoice:
    """A bill; `sale` names the payment that settled it, None while it is open."""

    id: str
    number: str
    company: Company
    buyer: Buyer
    plan: Plan
    created_at: datetime
    updated_at: datetime
    due_at: datetime
    sale: Sale | None = None


@dataclass(frozen=True)
class ChatMessage:
    id: str
    company: Company
    person: Person
    channel_id: str
    text: str
    created_at: datetime


Fact = (
    Sale
    | Refund
    | Dispute
    | DisputeAlert
    | Membership
    | Lesson
    | Joined
    | Entry
    | Invoice
    | ChatMessage
)
