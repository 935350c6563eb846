"""Checkouts in Whop's shape: made by the API for a plan, with metadata that its payments carry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from random import SystemRandom
from urllib.parse import parse_qs, urlsplit

from simulator.catalogue import Ids
from simulator.facts import Company, Plan
from simulator.fragments import Json, company_short, iso, money
from simulator.store import Store, Thing

KIND = "checkout"
ON_PLAN = (
    "id",
    "visibility",
    "plan_type",
    "release_method",
    "currency",
    "initial_price",
    "renewal_price",
    "billing_period",
    "trial_period_days",
    "expiration_days",
    "three_ds_level",
    "adaptive_pricing_enabled",
)


def plan_body(plan: Plan, company: Company, now: datetime) -> Json:
    """A plan as `GET /plans` lists it to the company's own key."""
    price = float(plan.price.major)
    renews = plan.period_days is not None
    return {
        "id": plan.id,
        "title": plan.title,
        "account": {**company_short(company), "route": company.route, "logo_url": None},
        "product": {"id": plan.product_id, "title": plan.product_title},
        "visibility": "visible",
        "plan_type": "renewal" if renews else "one_time",
        "release_method": "buy_now",
        "currency": plan.price.currency,
        "initial_price": 0.0 if renews else price,
        "initial_price_due": money(plan.price),
        "renewal_price": price if renews else 0.0,
        "billing_period": plan.period_days,
        "trial_period_days": plan.trial_days or None,
        "expiration_days": None,
        "three_ds_level": None,
        "adaptive_pricing_enabled": False,
        "unlimited_stock": True,
        "stock": None,
        "description": None,
        "internal_notes": None,
        "member_count": 0,
        "metadata": {},
        "purchase_url": f"https://whop.com/checkout/{plan.id}",
        "created_at": iso(now),
        "updated_at": iso(now),
    }


def make(store: Store, plan: Thing, wanted: Mapping[str, object], base: str, at: datetime) -> Json:
    """Make a checkout for a plan, remember it, and show it. `base` is where its page is served."""
    checkout_id = Ids(SystemRandom()).new("ch")
    body: Json = {
        "id": checkout_id,
        "account_id": plan.account_id,
        "affiliate_code": wanted.get("affiliate_code"),
        "currency": plan.flat["currency"],
        "effective_payment_method_configuration": None,
        "metadata": wanted.get("metadata") or {},
        "mode": "payment",
        "payment_method_configuration": None,
        "plan": {name: plan.flat[name] for name in ON_PLAN},
        "purchase_url": f"{base}/checkout/{plan.id}?session={checkout_id}",
        "redirect_url": wanted.get("redirect_url"),
        "three_ds_level": None,
        "created_at": iso(at),
        "updated_at": iso(at),
    }
    store.put([Thing(KIND, checkout_id, plan.account_id, iso(at), body, body, plan.id)])
    return body


def find(store: Store, url: str) -> Json | None:
    """The checkout a visitor stands at; None for any other page."""
    session = parse_qs(urlsplit(url).query).get("session", [""])[0]
    found = store.get(KIND, session)
    return found.flat if found else None
