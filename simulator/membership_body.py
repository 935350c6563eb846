"""A membership as Whop writes it. Its `affiliate` is always null in webhooks."""

from __future__ import annotations

from simulator.facts import Membership, Money
from simulator.fragments import (
    Json,
    company_short,
    iso,
    iso_or_none,
    money,
    person_with_email,
    product_with_metadata,
)

LAST_ACTION = {"trialing": "trial_ends_at", "canceled": "canceled_on", "past_due": "past_due"}


def native(membership: Membership) -> Json:
    return {
        "id": membership.id,
        "status": membership.status,
        "created_at": iso(membership.created_at),
        "updated_at": iso(membership.updated_at),
        "affiliate": None,
        "metadata": dict(membership.metadata),
        "license_key": None,
        "phone_number": None,
        "feedback_option": None,
        **_parties(membership),
        **_period(membership),
        **_cancellation(membership),
        **_price(membership),
    }


def _parties(membership: Membership) -> Json:
    company, plan = membership.company, membership.plan
    return {
        "account": {**company_short(company), "route": company.route, "logo_url": None},
        "member": None,
        "member_id": membership.buyer.member_id,
        "user_id": membership.buyer.person.id,
        "plan_id": plan.id,
        "product_id": plan.product_id,
        "product": {"id": plan.product_id, "title": plan.product_title, "logo_url": None},
        "promo_code_id": membership.promo.id if membership.promo else None,
    }


def _period(membership: Membership) -> Json:
    return {
        "billing_period_days": membership.plan.period_days,
        "collection_method": "charge_automatically",
        "current_period_start": iso(membership.period_start),
        "current_period_end": iso_or_none(membership.period_end),
        "expires_at": None,
        "split_pay_current_payments": None,
        "split_pay_required_payments": None,
    }


def _cancellation(membership: Membership) -> Json:
    action = LAST_ACTION.get(membership.status, "renewing_on")
    if membership.cancel_at_period_end and membership.status == "active":
        action = "canceling_on"
    return {
        "cancel_at_period_end": membership.cancel_at_period_end,
        "cancel_option": membership.cancel_option,
        "canceled_at": iso_or_none(membership.canceled_at),
        "cancellation_reason": None,
        "manage_url": None,
        "most_recent_action": action,
        "most_recent_action_at": iso(membership.updated_at),
    }


def _price(membership: Membership) -> Json:
    price = membership.plan.price
    ended = membership.status == "canceled"
    return {
        "initial_price": money(Money(0, price.currency)),
        "renewal_price": None if ended else money(price),
    }


def legacy(membership: Membership) -> Json:
    plan, buyer = membership.plan, membership.buyer
    return {
        "id": membership.id,
        "status": membership.status,
        "created_at": iso(membership.created_at),
        "updated_at": iso(membership.updated_at),
        "joined_at": iso(membership.created_at),
        "manage_url": f"https://whop.com/billing/manage/{membership.id}",
        "member": {"id": buyer.member_id},
        "user": person_with_email(buyer.person),
        "renewal_period_start": iso(membership.period_start),
        "renewal_period_end": iso_or_none(membership.period_end),
        "cancel_at_period_end": membership.cancel_at_period_end,
        "cancel_option": membership.cancel_option,
        "cancellation_reason": None,
        "canceled_at": iso_or_none(membership.canceled_at),
        "currency": plan.price.currency,
        "company": company_short(membership.company),
        "plan": {"id": plan.id, "metadata": {}},
        "promo_code": {"id": membership.promo.id} if membership.promo else None,
        "product": product_with_metadata(plan),
        "license_key": None,
        "metadata": dict(membership.metadata),
        "payment_collection_paused": False,
        "checkout_configuration_id": "ch_" + membership.id.removeprefix("mem_"),
        "custom_field_responses": [],
    }
