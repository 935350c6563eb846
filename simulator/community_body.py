"""Lessons, members, waiting-list entries, invoices and chat as Whop writes them."""

from __future__ import annotations

from simulator.facts import ChatMessage, Entry, Invoice, Joined, Lesson
from simulator.fragments import (
    Json,
    iso,
    money,
    number,
    person_short,
    person_with_email,
    person_with_picture,
)


def lesson(done: Lesson) -> Json:
    return {
        "id": done.id,
        "completed": True,
        "created_at": iso(done.created_at),
        "course": {
            "id": done.course_id,
            "title": done.course_title,
            "experience": {"id": done.company.experience_id},
        },
        "lesson": {
            "id": done.lesson_id,
            "title": done.lesson_title,
            "chapter": {"id": done.chapter_id},
        },
        "user": person_short(done.person),
    }


def member(joined: Joined) -> Json:
    buyer = joined.buyer
    return {
        "id": buyer.member_id,
        "account_id": joined.company.id,
        "access_level": "customer",
        "status": "joined",
        "created_at": iso(joined.joined_at),
        "joined_at": iso(joined.joined_at),
        "display_name": buyer.person.name,
        "email": buyer.person.email,
        "phone_number": None,
        "last_accessed_at": None,
        "most_recent_action": "paid_subscriber" if joined.spent.minor else "joined",
        "most_recent_action_at": iso(joined.joined_at),
        "token_balance": 0,
        "usd_total_spent": money(joined.spent),
        "user": person_with_picture(buyer.person),
    }


def entry(place: Entry) -> Json:
    return {
        "id": place.id,
        "status": place.status,
        "created_at": iso(place.created_at),
        "plan": {"id": place.plan.id},
        "product": {"id": place.plan.product_id, "title": place.plan.product_title},
        "custom_field_responses": [
            {
                "id": "cfrp_" + place.id.removeprefix("entry_"),
                "question": "Who invited you?",
                "answer": f"@{place.invited_by}",
            }
        ],
        "user": person_with_email(place.buyer.person),
    }


def invoice(bill: Invoice) -> Json:
    price, person = bill.plan.price, bill.buyer.person
    return {
        **invoice_legacy(bill),
        "updated_at": iso(bill.updated_at),
        "automatically_finalizes_at": None,
        "charge_buyer_fee": False,
        "collection_method": "send_invoice",
        "company": {"id": bill.company.id},
        "current_plan": {**_current_plan(bill), "description": None},
        "customer_name": person.name,
        "line_items": [
            {
                "label": bill.plan.product_title,
                "position": 0,
                "quantity": 1,
                "unit_price": number(price),
                "total": number(price),
            }
        ],
        "mailing_address": None,
        "member": {"id": bill.buyer.member_id},
        "pay_online_url": None,
        "payment": {"id": bill.sale.id} if bill.sale else None,
        "payment_processing": False,
        "product": {"id": bill.plan.product_id, "title": bill.plan.product_title},
        "subscription_billing_anchor_at": None,
        "user": person_with_email(person),
    }


def invoice_legacy(bill: Invoice) -> Json:
    return {
        "id": bill.id,
        "number": bill.number,
        "status": "paid" if bill.sale else "open",
        "created_at": iso(bill.created_at),
        "due_date": iso(bill.due_at),
        "email_address": bill.buyer.person.email,
        "fetch_invoice_token": "tok_example_not_a_secret",
        "current_plan": _current_plan(bill),
        "user": person_short(bill.buyer.person),
    }


def _current_plan(bill: Invoice) -> Json:
    price = bill.plan.price
    return {
        "id": bill.plan.id,
        "currency": price.currency,
        "formatted_price": f"{price.major:f} {price.currency.upper()} / {bill.plan.title}",
    }


def chat(message: ChatMessage) -> Json:
    return {
        "reason": "message_created",
        "audience": {"type": "channel", "user_ids": None},
        "channel": {
            "id": message.channel_id,
            "type": "chat",
            "experience_id": message.company.experience_id,
        },
        "message": {
            "id": message.id,
            "content": message.text,
            "created_at": iso(message.created_at),
            "updated_at": iso(message.created_at),
            "is_edited": False,
            "is_pinned": False,
            "mentions": [],
            "mentions_everyone": False,
            "message_type": "regular",
            "poll": None,
            "poll_votes": [],
            "reaction_counts": [],
            "replying_to_message_id": None,
            "user": person_short(message.person),
            "view_count": 1,
        },
    }
