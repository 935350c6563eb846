"""What of Whop's own lists is a hole, and the delivery it becomes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from game.rules.bodies import read_envelope
from game.rules.fact_kinds import DISPUTES, PAYMENTS, REFUNDS, read_event
from game.rules.holes import PREFIX, Asked, as_delivery, belongs, hole_in
from tests.rules.making import dispute_body, flat_payment, money, native_refund

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
COMPANY = "biz_1"


def asked(part: str, data: dict[str, Any], at: datetime = NOW, mark: str = "") -> Asked:
    return as_delivery(part, COMPANY, data, at, {}, mark=mark)


def test_the_same_telling_has_the_same_id_whenever_it_is_asked_for() -> None:
    one = asked("payment", flat_payment())
    later = asked("payment", flat_payment(), NOW + timedelta(days=3))

    assert one.webhook_id == later.webhook_id
    assert one.webhook_id.startswith(PREFIX)
    assert one.body == later.body


@pytest.mark.parametrize(
    "other",
    [
        asked("payment", flat_payment(total=money("1.00"))),
        asked("payment", flat_payment(id="pay_other")),
        asked("payment", flat_payment(), mark="7_"),
        as_delivery("payment", "biz_2", flat_payment(), NOW, {}),
    ],
)
def test_another_telling_purpose_or_company_has_another_id(other: Asked) -> None:
    assert other.webhook_id != asked("payment", flat_payment()).webhook_id


def test_its_body_is_read_as_the_webhooks_would_have_been() -> None:
    one = asked("payment", flat_payment())

    assert read_event(read_envelope(one.body), one.body["data"], NOW, {}) == one.fact
    assert read_envelope(one.body).company_id == COMPANY


def test_what_cannot_be_read_is_a_delivery_all_the_same() -> None:
    one = asked("payment", flat_payment(id="pay_bad", total=money("-5.00")))

    assert (one.fact, one.object_id) == (None, "pay_bad")
    assert (
        one.webhook_id
        == asked("payment", flat_payment(id="pay_bad", total=money("-5.00"))).webhook_id
    )


def test_what_is_not_held_is_missing_and_what_is_held_is_no_hole() -> None:
    told = asked("payment", flat_payment()).fact

    assert hole_in(PAYMENTS, None, told) == "missing"
    assert hole_in(PAYMENTS, told, told) is None


def test_a_payment_that_only_grew_older_or_was_refunded_is_no_hole() -> None:
    held = asked(
        "payment", flat_payment(updated_at="2026-11-02T00:00:00.000Z", refunded_amount=None)
    ).fact
    newer = flat_payment(updated_at="2026-11-20T00:00:00.000Z", refunded_amount=money("3.00"))

    assert hole_in(PAYMENTS, held, asked("payment", newer).fact) is None


def test_a_payment_whose_dollars_came_to_be_known_is_a_hole() -> None:
    held = asked("payment", flat_payment(usd_total=None)).fact

    assert (
        hole_in(PAYMENTS, held, asked("payment", flat_payment(usd_total=money("9.99"))).fact)
        == "changed"
    )


def test_a_refund_that_went_through_and_a_dispute_that_was_lost_are_holes() -> None:
    later = "2026-11-27T00:00:00.000Z"
    refund = [
        native_refund(status=status, updated_at=at)
        for status, at in (("pending", "2026-11-26T00:00:00.000Z"), ("succeeded", later))
    ]
    dispute = [
        dispute_body(status=status, updated_at=at)
        for status, at in (("needs_response", "2026-11-26T00:00:00.000Z"), ("lost", later))
    ]

    held, told = (asked("refund", data).fact for data in refund)
    assert hole_in(REFUNDS, held, told) == "changed"
    assert hole_in(REFUNDS, told, held) is None
    held, told = (asked("dispute", data).fact for data in dispute)
    assert hole_in(DISPUTES, held, told) == "changed"
    assert hole_in(DISPUTES, told, held) is None


@pytest.mark.parametrize(
    ("data", "is_ours"),
    [
        ({"status": "paid", "account_id": COMPANY}, True),
        ({"status": "paid", "company": {"id": COMPANY}}, True),
        ({"status": "paid"}, True),
        ({"status": "open", "account_id": COMPANY}, False),
        ({"status": "paid", "account_id": "biz_2"}, False),
    ],
)
def test_only_paid_payments_of_the_company_belong(data: dict[str, Any], *, is_ours: bool) -> None:
    assert belongs("payment", COMPANY, data) is is_ours
