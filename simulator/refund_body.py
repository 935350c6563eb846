"""A refund as Whop writes it: the REST shape with Money, or the older one around its payment."""

from __future__ import annotations

from datetime import timedelta

from simulator.facts import Refund
from simulator.fragments import Json, iso, money, number, number_or_none, sale_nested


def native(refund: Refund) -> Json:
    return {
        "id": refund.id,
        "account_id": refund.sale.company.id,
        "payment_id": refund.sale.id,
        "status": refund.status,
        "amount": money(refund.amount),
        "original_amount": money(refund.amount),
        "created_at": iso(refund.created_at),
        "updated_at": iso(refund.updated_at),
        "failure_message": "The card was closed." if refund.status == "failed" else None,
        "failure_reason": "expired_or_canceled_card" if refund.status == "failed" else None,
        "metadata": {},
        "reason": refund.reason,
        "visa_rdr": False,
        **_provider(refund),
    }


def nested(refund: Refund) -> Json:
    sale = refund.sale
    return {
        "id": refund.id,
        "amount": number(refund.amount),
        "currency": refund.amount.currency,
        "created_at": iso(refund.created_at),
        "status": refund.status,
        "metadata": {},
        "payment": {
            **sale_nested(sale),
            "metadata": dict(sale.metadata),
            "plan": {"id": sale.plan.id, "metadata": {}},
            "product": {"id": sale.plan.product_id, "metadata": {}},
            "tax_amount": number_or_none(sale.tax),
            "tax_behavior": None if sale.tax is None else "exclusive",
            "tax_refunded_amount": 0.0,
        },
        **_provider(refund),
    }


def _provider(refund: Refund) -> Json:
    is_done = refund.status == "succeeded"
    return {
        "provider": "stripe",
        "provider_created_at": iso(refund.created_at + timedelta(seconds=1)),
        "reference_status": "available" if is_done else "pending",
        "reference_type": "acquirer_reference_number" if is_done else None,
        "reference_value": "74609556310000123456789" if is_done else None,
    }
