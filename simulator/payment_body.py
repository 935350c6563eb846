"""A payment as Whop writes it: flat with Money objects, or nested with JSON numbers."""

from __future__ import annotations

from datetime import datetime, timedelta

from simulator.facts import Money, Sale, Stage
from simulator.fragments import (
    Json,
    address,
    iso,
    iso_or_none,
    line_items,
    membership_short,
    money,
    money_or_none,
    number,
    number_or_none,
    payment_instrument,
    person_with_email,
    person_with_picture,
    same_currency,
)

STATUS = {
    Stage.CREATED: ("open", "incomplete"),
    Stage.PENDING: ("pending", "pending"),
    Stage.SUCCEEDED: ("paid", "succeeded"),
    Stage.FAILED: ("open", "failed"),
}
# Whop's own share as we model it: 2.7 % and 30 minor units. Only `amount_after_fees` shows it.
FEE_BP = 270
FEE_FIXED = 30
RETRY_AFTER = timedelta(days=2)
SETTLES_AFTER = timedelta(days=4)


def native(sale: Sale) -> Json:
    """The flat payment of pin 2026-09-02-1 and later."""
    return {**_identity(sale), **_money(sale), **_course_of_events(sale), **_parties(sale)}


def _identity(sale: Sale) -> Json:
    status, substatus = _status(sale)
    return {
        "id": sale.id,
        "account_id": sale.company.id,
        "status": status,
        "substatus": substatus,
        "created_at": iso(sale.created_at),
        "updated_at": iso(sale.updated_at),
        "paid_at": iso_or_none(sale.paid_at),
        "currency": sale.total.currency,
        "billing_reason": sale.reason,
        "plan_id": sale.plan.id,
        "product_id": sale.plan.product_id,
        "promo_code_id": sale.promo.id if sale.promo else None,
        "membership_id": sale.membership_id,
        "member_id": sale.buyer.member_id,
        "checkout_configuration_id": _checkout_id(sale),
        "quote_id": None,
        "shipment_id": None,
        "metadata": dict(sale.metadata),
        "line_items": line_items(sale),
    }


def _money(sale: Sale) -> Json:
    is_paid = sale.stage is Stage.SUCCEEDED
    return {
        "total": money(sale.total),
        "subtotal": money(sale.subtotal),
        "tax_amount": money_or_none(sale.tax),
        "tax_behavior": None if sale.tax is None else "exclusive",
        "tax_refunded_amount": money(same_currency(sale.total, 0)),
        "usd_total": money_or_none(sale.usd_total),
        "presentment_total": money(sale.total),
        "amount_after_fees": money(_after_fees(sale)),
        "refunded_amount": (
            money(same_currency(sale.total, sale.refunded_minor)) if is_paid else None
        ),
        "refunded_at": iso(sale.updated_at) if sale.refunded_minor else None,
        "auto_refunded": False,
        "holds": [],
    }


def _course_of_events(sale: Sale) -> Json:
    is_paid, has_failed = sale.stage is Stage.SUCCEEDED, sale.stage is Stage.FAILED
    return {
        "last_payment_attempt_at": iso_or_none(_attempted_at(sale)),
        "next_payment_attempt_at": iso(sale.updated_at + RETRY_AFTER) if has_failed else None,
        "settlement_time_at": iso(sale.updated_at + SETTLES_AFTER) if is_paid else None,
        "decline_code": "insufficient_funds" if has_failed else None,
        "failure_message": "Your card has insufficient funds." if has_failed else None,
        "recovery_url": None,
        "payments_failed": sale.failures,
        "dispute_alerted_at": None,
        "refundable": is_paid,
        "retryable": has_failed,
        "voidable": has_failed,
        "three_ds_verified": False,
        "needs_tracking": False,
        "financing_installments_count": None,
        "risk_signals": None,
        "payment_rule_matches": [],
        "verification_checks": _checks() if is_paid else None,
    }


def _parties(sale: Sale) -> Json:
    buyer = sale.buyer
    return {
        "user": person_with_picture(buyer.person),
        "customer_email": buyer.person.email,
        "customer_phone": None,
        "client_secret": None,
        "billing_address": address(buyer),
        "shipping_address": None,
        # A renewal has no browser behind it, so Whop knows neither address nor score.
        "ip_address": None if _is_renewal(sale) else buyer.ip,
        "risk_score": None if _is_renewal(sale) else buyer.risk_score,
        "payment_method_id": buyer.card.method_id,
        "payment_method_type": "card",
        "payment_instrument": payment_instrument(buyer.card),
    }


def legacy(sale: Sale) -> Json:
    """The nested payment of older pins and of webhooks without a pin."""
    return {
        **_legacy_identity(sale),
        **_legacy_money(sale),
        **_legacy_course(sale),
        **_legacy_parties(sale),
    }


def _legacy_identity(sale: Sale) -> Json:
    company, plan = sale.company, sale.plan
    status, substatus = _status(sale)
    return {
        "id": sale.id,
        "status": status,
        "substatus": substatus,
        "created_at": iso(sale.created_at),
        "updated_at": iso(sale.updated_at),
        "paid_at": iso_or_none(sale.paid_at),
        "currency": sale.total.currency,
        "billing_reason": sale.reason,
        "checkout_configuration_id": _checkout_id(sale),
        "company": {"id": company.id, "title": company.title, "route": company.route},
        "plan": {"id": plan.id, "internal_notes": None, "metadata": {}},
        "product": {
            "id": plan.product_id,
            "title": plan.product_title,
            "route": plan.product_title.lower().replace(" ", "-"),
            "metadata": {},
        },
        "promo_code": _legacy_promo(sale),
        "metadata": dict(sale.metadata),
        "shipment": None,
    }


def _legacy_money(sale: Sale) -> Json:
    return {
        "total": number(sale.total),
        "subtotal": number(sale.subtotal),
        "usd_total": number_or_none(sale.usd_total),
        "settlement_amount": number(sale.total),
        "settlement_currency": sale.total.currency,
        "settlement_exchange_rate": None,
        "amount_after_fees": number(_after_fees(sale)),
        "refunded_amount": (
            number(same_currency(sale.total, sale.refunded_minor)) if sale.refunded_minor else None
        ),
        "refunded_at": iso(sale.updated_at) if sale.refunded_minor else None,
        "auto_refunded": False,
        "tax_amount": number_or_none(sale.tax),
        "tax_behavior": None if sale.tax is None else "exclusive",
        "tax_refunded_amount": 0.0,
        "application_fee": None,
        "fees": _legacy_fees(sale),
    }


def _legacy_course(sale: Sale) -> Json:
    is_paid, has_failed = sale.stage is Stage.SUCCEEDED, sale.stage is Stage.FAILED
    return {
        "last_payment_attempt": iso_or_none(_attempted_at(sale)),
        "next_payment_attempt": iso(sale.updated_at + RETRY_AFTER) if has_failed else None,
        "settlement_time_at": iso(sale.updated_at + SETTLES_AFTER) if is_paid else None,
        "decline_code": "insufficient_funds" if has_failed else None,
        "failure_message": "Your card has insufficient funds." if has_failed else None,
        "recovery_url": None,
        "payments_failed": sale.failures,
        "dispute_alerted_at": None,
        "disputes": [],
        "refunds": [],
        "resolutions": [],
        "financing_installments_count": None,
        "financing_transactions": [],
        "refundable": is_paid,
        "retryable": has_failed,
        "voidable": False,
        "three_ds_verified": False,
        "needs_tracking": False,
        "risk_signals": None,
        "verification_checks": None,
    }


def _legacy_parties(sale: Sale) -> Json:
    buyer, card = sale.buyer, sale.buyer.card
    membership = membership_short(sale)
    return {
        "user": person_with_email(buyer.person),
        "member": {"id": buyer.member_id, "phone": None},
        "membership": None if membership is None else {**membership, "phone_number": None},
        "customer_phone": None,
        "billing_address": address(buyer),
        "shipping_address": None,
        "risk_score": None if _is_renewal(sale) else buyer.risk_score,
        "card_brand": card.brand,
        "card_last4": card.last4,
        "card_exp_month": card.exp_month,
        "card_exp_year": card.exp_year,
        "payment_instrument": None,
        "payment_method": {
            "id": card.method_id,
            "payment_method_type": "card",
            "created_at": iso(sale.created_at),
            "card": {
                "brand": card.brand,
                "last4": card.last4,
                "exp_month": card.exp_month,
                "exp_year": card.exp_year % 100,
                "fingerprint": None,
            },
        },
        "payment_method_type": "card",
    }


def _legacy_promo(sale: Sale) -> Json | None:
    if sale.promo is None:
        return None
    return {
        "id": sale.promo.id,
        "code": sale.promo.code,
        "amount_off": float(sale.promo.percent_off),
        "base_currency": "usd",
        "number_of_intervals": 1,
        "promo_type": "percentage",
    }


def _legacy_fees(sale: Sale) -> list[Json]:
    fee = sale.total.minor - _after_fees(sale).minor
    if sale.stage is not Stage.SUCCEEDED or fee == 0:
        return []
    return [
        {
            "name": "Payment processing",
            "type": "payment_processing_percentage_fee",
            "amount": number(same_currency(sale.total, fee)),
            "currency": sale.total.currency,
        }
    ]


def _status(sale: Sale) -> tuple[str, str]:
    status, substatus = STATUS[sale.stage]
    if sale.refunded_minor:
        whole = sale.refunded_minor >= sale.total.minor
        substatus = "refunded" if whole else "partially_refunded"
    return status, substatus


def _after_fees(sale: Sale) -> Money:
    if sale.stage in (Stage.FAILED, Stage.PENDING) or sale.total.minor == 0:
        return same_currency(sale.total, 0)
    fee = sale.total.minor * FEE_BP // 10_000 + FEE_FIXED
    return same_currency(sale.total, max(sale.total.minor - fee, 0))


def _attempted_at(sale: Sale) -> datetime | None:
    return None if sale.stage is Stage.CREATED else sale.created_at + timedelta(seconds=1)


def _checkout_id(sale: Sale) -> str:
    """The checkout the buyer came through: one per membership, or per single purchase."""
    origin = sale.membership_id or sale.id
    return "ch_" + origin.partition("_")[2]


def _is_renewal(sale: Sale) -> bool:
    return sale.reason == "subscription_cycle"


def _checks() -> Json:
    return {
        "address_line1": "pass",
        "arn": None,
        "authorization_code": "884213",
        "card_holder_name": "unavailable",
        "card_security_code": "pass",
        "zip_code": "pass",
    }
