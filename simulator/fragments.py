"""The pieces that Whop's payloads share: times, money, people, cards, line items."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from simulator.facts import Buyer, Card, Company, Money, Person, Plan, Sale

Json = dict[str, Any]


def iso(at: datetime) -> str:
    """Whop's way to write a time: UTC, milliseconds, `Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def iso_or_none(at: datetime | None) -> str | None:
    return None if at is None else iso(at)


def money(amount: Money) -> Json:
    """The Money object of the current shape: an exact decimal as text."""
    return {
        "amount": f"{amount.major:f}",
        "currency": amount.currency,
        "decimals": amount.exponent,
        "display_decimals": amount.exponent,
    }


def money_or_none(amount: Money | None) -> Json | None:
    return None if amount is None else money(amount)


def number(amount: Money) -> float:
    """The JSON number in major units of the older shapes; a float is what Whop sends there."""
    return float(amount.major)


def number_or_none(amount: Money | None) -> float | None:
    return None if amount is None else number(amount)


def same_currency(amount: Money, minor: int) -> Money:
    return Money(minor, amount.currency)


def person_short(person: Person) -> Json:
    return {"id": person.id, "username": person.username, "name": person.name}


def person_with_email(person: Person) -> Json:
    return {**person_short(person), "email": person.email}


def person_with_picture(person: Person) -> Json:
    return {**person_short(person), "profile_picture": {"url": person.avatar_url}}


def company_short(company: Company) -> Json:
    return {"id": company.id, "title": company.title}


def address(buyer: Buyer) -> Json:
    return {
        "name": buyer.person.name,
        "line1": "14 Harbour Row",
        "line2": None,
        "city": "Leeds",
        "state": None,
        "postal_code": "LS1 4AP",
        "country": "GB",
    }


def line_items(sale: Sale) -> list[Json]:
    plan = sale.plan
    return [
        {
            "id": f"li_{sale.id.removeprefix('pay_')}",
            "label": plan.product_title,
            "plan_id": plan.id,
            "plan_title": plan.title,
            "product_id": plan.product_id,
            "product_title": plan.product_title,
            "quantity": 1,
            "sku": None,
            "subtotal": money(sale.subtotal),
        }
    ]


def payment_instrument(card: Card) -> Json:
    return {
        "payment_method_type": "card",
        "display_name": f"{card.brand.title()} •••• {card.last4}",
        "installment_count": None,
        "card": {
            "brand": card.brand,
            "last4": card.last4,
            "issuer_identification_number": card.issuer_number,
            "exp_month": card.exp_month,
            "exp_year": card.exp_year,
        },
        "icons": {kind: _icon(card.brand, kind) for kind in ("card", "square")},
    }


def _icon(brand: str, kind: str) -> Json:
    base = f"https://assets.whop.com/payment-methods/{brand}/{kind}"
    return {
        theme: {
            "png_1x": f"{base}-{theme}.png",
            "png_2x": f"{base}-{theme}@2x.png",
            "png_4x": f"{base}-{theme}@4x.png",
            "svg": f"{base}-{theme}.svg",
        }
        for theme in ("dark", "light")
    }


def product_with_metadata(plan: Plan) -> Json:
    return {"id": plan.product_id, "title": plan.product_title, "metadata": {}}


def sale_nested(sale: Sale) -> Json:
    """The payment as refunds and disputes of the nested shape embed it (their common part)."""
    return {
        "id": sale.id,
        "billing_reason": sale.reason,
        "card_brand": sale.buyer.card.brand,
        "card_last4": sale.buyer.card.last4,
        "created_at": iso(sale.created_at),
        "currency": sale.total.currency,
        "dispute_alerted_at": None,
        "member": {"id": sale.buyer.member_id, "phone": None},
        "membership": membership_short(sale),
        "paid_at": iso_or_none(sale.paid_at),
        "payment_method_type": "card",
        "subtotal": number(sale.subtotal),
        "total": number(sale.total),
        "usd_total": number_or_none(sale.usd_total),
        "user": person_with_email(sale.buyer.person),
    }


def membership_short(sale: Sale) -> Json | None:
    if sale.membership_id is None:
        return None
    return {"id": sale.membership_id, "status": "active"}
