"""Disputes and dispute alerts as Whop writes them, current and nested shape."""

from __future__ import annotations

from datetime import timedelta

from simulator.facts import Dispute, DisputeAlert, Money
from simulator.fragments import (
    Json,
    company_short,
    iso,
    line_items,
    money,
    number,
    payment_instrument,
    sale_nested,
)

EVIDENCE_DAYS = 9
FILES_NOT_GIVEN = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy_attachment",
    "cancellation_policy_disclosure",
    "customer_communication_attachment",
    "notes",
    "product_description",
    "refund_policy_attachment",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "uncategorized_attachment",
)


def native(dispute: Dispute) -> Json:
    sale = dispute.sale
    return {
        "id": dispute.id,
        "account_id": sale.company.id,
        "amount": number(sale.total),
        "currency": sale.total.currency,
        "status": dispute.status,
        "reason": dispute.reason,
        "reason_code": "10.4",
        "inquiry": dispute.status.startswith("warning_"),
        "acceptable": dispute.is_open,
        "created_at": iso(dispute.created_at),
        "updated_at": iso(dispute.updated_at),
        "fee": money(Money(1500, "usd")),
        "issuer_comments": [],
        "line_items": line_items(sale),
        "plan_id": sale.plan.id,
        "product_id": sale.plan.product_id,
        "buyer": _buyer(dispute),
        "payment": _payment(dispute),
        **_evidence_state(dispute),
    }


def _evidence_state(dispute: Dispute) -> Json:
    submitted = dispute.created_at + timedelta(days=3)
    return {
        "evidence": {**_evidence(dispute), "documents": []},
        "evidence_due_at": iso(dispute.created_at + timedelta(days=EVIDENCE_DAYS)),
        "evidence_editable": dispute.is_open,
        "evidence_locked_reason": None if dispute.is_open else "submitted",
        "evidence_submitted_at": None if dispute.is_open else iso(submitted),
    }


def _evidence(dispute: Dispute) -> Json:
    person = dispute.sale.buyer.person
    return {
        **dict.fromkeys(FILES_NOT_GIVEN),
        "customer_email_address": person.email,
        "customer_name": person.name,
    }


def _buyer(dispute: Dispute) -> Json:
    buyer = dispute.sale.buyer
    return {
        "user_id": buyer.person.id,
        "username": buyer.person.username,
        "name": buyer.person.name,
        "email": buyer.person.email,
        "member_id": buyer.member_id,
    }


def _payment(dispute: Dispute) -> Json:
    sale, card = dispute.sale, dispute.sale.buyer.card
    return {
        "id": sale.id,
        "amount": number(sale.total),
        "currency": sale.total.currency,
        "created_at": iso(sale.created_at),
        "payment_method_type": "card",
        "card_brand": card.brand,
        "card_last4": card.last4,
        "payment_instrument": payment_instrument(card),
        "payment_processor": None,
    }


def legacy(dispute: Dispute) -> Json:
    """The nested shape. It has no `updated_at`, no `inquiry`, and no word for `prevented`."""
    sale = dispute.sale
    status = "lost" if dispute.status == "prevented" else dispute.status
    return {
        "id": dispute.id,
        "amount": number(sale.total),
        "currency": sale.total.currency,
        "status": status,
        "reason": dispute.reason.replace("_", " ").capitalize(),
        "created_at": iso(dispute.created_at),
        "editable": dispute.is_open,
        "needs_response_by": iso(dispute.created_at + timedelta(days=EVIDENCE_DAYS)),
        "visa_rdr": False,
        **_evidence(dispute),
        "company": company_short(sale.company),
        "plan": {"id": sale.plan.id},
        "product": {"id": sale.plan.product_id, "title": sale.plan.product_title},
        "payment": sale_nested(sale),
    }


def alert(notice: DisputeAlert) -> Json:
    sale = notice.sale
    return {
        "id": notice.id,
        "account_id": sale.company.id,
        "payment_id": sale.id,
        "product_id": sale.plan.product_id,
        "type": "dispute_alert",
        "amount": number(sale.total),
        "currency": sale.total.currency,
        "card_brand": sale.buyer.card.brand,
        "auto_refunded": notice.auto_refunded,
        "fee": money(Money(2900, "usd")),
        "fee_charged": True,
        "issuer": None,
        "created_at": iso(notice.created_at),
        "updated_at": iso(notice.created_at + timedelta(seconds=4)),
        "reported_at": iso(notice.created_at - timedelta(minutes=5)),
        "transaction_at": iso(sale.created_at),
    }
