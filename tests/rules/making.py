"""Short ways to make facts and webhook bodies for the rule tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from game.rules.attribution import attribute, classify
from game.rules.calendar_windows import Zones
from game.rules.effects import PaymentEffect
from game.rules.facts import (
    BuyerCase,
    Change,
    Code,
    Dispute,
    MemberHistory,
    Membership,
    Payment,
    Refund,
)
from game.rules.pricing import price
from game.rules.ruleset import Rules, RuleSet, default_document, read_rules

PAID_AT = datetime(2026, 11, 2, 18, 4, 15, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
BUYER, REFERRER, OTHER, OWNER = "user_buyer", "user_referrer", "user_other", "user_owner"
CODE, OTHER_CODE = "ABCD2345", "WXYZ6789"
CODES = {CODE: Code(CODE, REFERRER, None), OTHER_CODE: Code(OTHER_CODE, OTHER, None)}


def payment(payment_id: str = "pay_1", at: datetime = PAID_AT, **more: Any) -> Payment:
    """Make a payment of worked example 1 unless `more` says otherwise."""
    fields: dict[str, Any] = {
        "payment_id": payment_id,
        "buyer_id": BUYER,
        "buyer_name": "ann",
        "at": at,
        "created_at": at,
        "updated_at": at,
        "received_at": at,
        "currency": "usd",
        "exponent": 2,
        "total_minor": 4656,
        "tax_minor": 246,
        "usd_total_cents": None,
        "presentment_minor": None,
        "presentment_currency": "",
        "presentment_exponent": 0,
        "refunded_minor": 0,
        "billing_reason": "one_time",
        "membership_id": "",
        "ref": CODE,
        "promo_code_id": "",
        "shape": 2,
    }
    return Payment(**(fields | more))


def plain(total: int, at: datetime = PAID_AT, **more: Any) -> Payment:
    """Make a payment of so many cents without tax."""
    return payment(more.pop("payment_id", "pay_1"), at, total_minor=total, tax_minor=0, **more)


def refund(amount: int, refund_id: str = "rf_1", **more: Any) -> Refund:
    """Make a succeeded refund of `pay_1`."""
    fields: dict[str, Any] = {
        "refund_id": refund_id,
        "payment_id": "pay_1",
        "amount_minor": amount,
        "currency": "usd",
        "exponent": 2,
        "succeeded": True,
        "status": "succeeded",
        "updated_at": PAID_AT + DAY,
    }
    return Refund(**(fields | more))


def dispute(status: str, at: datetime = PAID_AT + DAY, *, inquiry: bool = False) -> Dispute:
    """Make a dispute of `pay_1`."""
    return Dispute("dspt_1", "pay_1", status, inquiry, at)


def membership(**more: Any) -> Membership:
    """Make the membership `mem_1` of the buyer."""
    fields: dict[str, Any] = {
        "membership_id": "mem_1",
        "user_id": BUYER,
        "first_user_id": BUYER,
        "status": "active",
        "seen_trialing": False,
        "ref": "",
        "created_at": PAID_AT,
        "updated_at": PAID_AT,
        "received_at": PAID_AT,
    }
    return Membership(**(fields | more))


def case_of(payments: Iterable[Payment], **more: Any) -> BuyerCase:
    """Make the buyer's case; the two codes are known in it."""
    return BuyerCase(**({"buyer_id": BUYER, "payments": list(payments), "codes": CODES} | more))


def plays(character_class: str = "", prestige: int = 0, **more: Any) -> MemberHistory:
    """Make the referrer's history: what they were long before any payment."""
    long_ago = PAID_AT - 365 * DAY
    classes = [Change(long_ago, character_class)] if character_class else []
    prestiges = [Change(long_ago, str(prestige))] if prestige else []
    return MemberHistory(REFERRER, **({"classes": classes, "prestiges": prestiges} | more))


def priced(
    case: BuyerCase,
    history: MemberHistory | None = None,
    *,
    now: datetime = PAID_AT,
    rules: Rules | None = None,
    rally: Mapping[str, bool] | None = None,
    zone: Zones | None = None,
) -> list[PaymentEffect]:
    """Attribute, classify and price a case; empty where nobody is credited."""
    rules = rules or Rules()
    attribution = attribute(case, rules, OWNER)
    if attribution is None:
        return []
    kinds = classify(case, attribution)
    history = history or plays()
    return price(case, attribution, kinds, history, rally or {}, rules, zone or Zones(), now)


def rules_with(section: str, version: int = 2, **changes: Any) -> RuleSet:
    """Make a rule set that differs from the default one in a section."""
    document = default_document()
    document["version"] = version
    document[section] |= changes
    return read_rules(document)


# --- webhook bodies -----------------------------------------------------------------------------


def iso(moment: datetime) -> str:
    """Write a moment as Whop does."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def money(amount: str, currency: str = "usd", decimals: int = 2) -> dict[str, Any]:
    """Write a Money object."""
    return {
        "amount": amount, "currency": currency, "decimals": decimals, "display_decimals": decimals
    }  # fmt: skip


def event(kind: str, data: Any, **more: Any) -> dict[str, Any]:
    """Write the envelope of the newer pins around `data`."""
    return {
        "id": "msg_1",
        "type": kind,
        "api_version": "v1",
        "api_version_date": "2026-10-15-1",
        "timestamp": iso(PAID_AT + SECOND),
        "account_id": "biz_1",
        "data": data,
    } | more


def flat_payment(**more: Any) -> dict[str, Any]:
    """Write a payment in the newer shape."""
    return {
        "id": "pay_1",
        "status": "paid",
        "created_at": iso(PAID_AT - 4 * SECOND),
        "updated_at": iso(PAID_AT),
        "paid_at": iso(PAID_AT),
        "currency": "usd",
        "total": money("46.56"),
        "tax_amount": money("2.46"),
        "usd_total": money("46.56"),
        "presentment_total": money("46.56"),
        "refunded_amount": money("0.00"),
        "billing_reason": "subscription_create",
        "membership_id": "mem_1",
        "promo_code_id": None,
        "metadata": {"wl_ref": CODE},
        "user": {"id": BUYER, "username": "ann", "name": "Ann Field"},
    } | more


def nested_payment(**more: Any) -> dict[str, Any]:
    """Write a payment in the older shape; numbers as the JSON reader gives them."""
    return {
        "id": "pay_1",
        "status": "paid",
        "created_at": iso(PAID_AT - 4 * SECOND),
        "updated_at": iso(PAID_AT),
        "paid_at": iso(PAID_AT),
        "currency": "usd",
        "total": Decimal("46.56"),
        "tax_amount": Decimal("2.46"),
        "usd_total": Decimal("46.56"),
        "refunded_amount": None,
        "billing_reason": "subscription_create",
        "company": {"id": "biz_1", "title": "Traders", "route": "traders"},
        "membership": {"id": "mem_1", "status": "active"},
        "promo_code": None,
        "metadata": {"wl_ref": CODE},
        "user": {"id": BUYER, "username": "ann", "name": "Ann Field", "email": "ann@example.com"},
    } | more


def nested_refund(**more: Any) -> dict[str, Any]:
    """Write a refund in the older shape, which has no `updated_at`."""
    return {
        "id": "rf_1",
        "amount": Decimal("20.0"),
        "currency": "usd",
        "status": "succeeded",
        "created_at": iso(PAID_AT + DAY),
        "payment": {"id": "pay_1", "total": Decimal("46.56"), "currency": "usd"},
    } | more


def native_refund(**more: Any) -> dict[str, Any]:
    """Write a refund in the newer shape."""
    return {
        "id": "rf_1",
        "payment_id": "pay_1",
        "amount": money("20.00"),
        "original_amount": money("20.00"),
        "status": "succeeded",
        "created_at": iso(PAID_AT + DAY),
        "updated_at": iso(PAID_AT + DAY),
    } | more


def dispute_body(**more: Any) -> dict[str, Any]:
    """Write a dispute in the newer shape."""
    return {
        "id": "dspt_1",
        "amount": Decimal("46.56"),
        "currency": "usd",
        "status": "needs_response",
        "inquiry": False,
        "payment": {"id": "pay_1"},
        "created_at": iso(PAID_AT + DAY),
        "updated_at": iso(PAID_AT + DAY),
    } | more


def membership_body(**more: Any) -> dict[str, Any]:
    """Write a membership in the newer shape."""
    return {
        "id": "mem_1",
        "status": "active",
        "user_id": BUYER,
        "metadata": {"wl_ref": CODE},
        "affiliate": None,
        "created_at": iso(PAID_AT),
        "updated_at": iso(PAID_AT),
    } | more


def lesson_body(**more: Any) -> dict[str, Any]:
    """Write a finished lesson."""
    return {
        "id": "lesi_1",
        "completed": True,
        "created_at": iso(PAID_AT),
        "course": {"id": "cors_1", "title": "Basics"},
        "lesson": {"id": "lesn_1", "title": "One", "chapter": {"id": "chap_1"}},
        "user": {"id": BUYER, "username": "ann", "name": None},
    } | more
