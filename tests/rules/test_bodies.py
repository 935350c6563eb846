"""Every payload shape is read into the same fact, and nonsense is refused by path."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from game.rules.bodies import Nonsense, read_envelope
from game.rules.fact_kinds import Fact, read_event
from game.rules.facts import Dispute, Lesson, Membership, Payment, Refund
from tests.rules import making as make
from tests.rules.making import BUYER, CODE, DAY, PAID_AT, SECOND, event, iso

RECEIVED = PAID_AT + timedelta(minutes=5)
PAID = "payment.succeeded"


def read(kind: str, data: Any, **more: Any) -> Fact | None:
    """Read an event as it would be settled five minutes later."""
    body = event(kind, data, **more)
    return read_event(read_envelope(body), body["data"], RECEIVED + 2 * DAY)


def paid(data: dict[str, Any]) -> Payment:
    """Read a payment."""
    fact = read(PAID, data)
    assert isinstance(fact, Payment)
    return fact


def test_a_flat_payment_is_read_whole() -> None:
    fact = paid(make.flat_payment())

    assert (fact.payment_id, fact.buyer_id, fact.buyer_name) == ("pay_1", BUYER, "ann")
    assert (fact.total_minor, fact.tax_minor, fact.base_minor) == (4656, 246, 4410)
    assert (fact.currency, fact.exponent, fact.usd_total_cents) == ("usd", 2, 4656)
    presented = (fact.presentment_minor, fact.presentment_currency, fact.presentment_exponent)
    assert presented == (4656, "usd", 2)
    assert (fact.at, fact.created_at) == (PAID_AT, PAID_AT - 4 * SECOND)
    assert (fact.ref, fact.membership_id, fact.billing_reason) == (
        CODE,
        "mem_1",
        "subscription_create",
    )
    assert (fact.shape, fact.told) == (2, ())


def test_a_nested_payment_says_the_same() -> None:
    flat, nested = paid(make.flat_payment()), paid(make.nested_payment())

    for field in ("payment_id", "buyer_id", "total_minor", "tax_minor", "usd_total_cents", "at"):
        assert getattr(flat, field) == getattr(nested, field)
    assert (nested.membership_id, nested.ref, nested.shape) == ("mem_1", CODE, 1)
    assert nested.presentment_minor is None


def test_nulls_are_silent_not_zero() -> None:
    fact = paid(make.flat_payment(tax_amount=None, refunded_amount=None, paid_at=None))

    assert (fact.tax_minor, fact.base_minor, fact.refunded_minor) == (0, 4656, 0)
    assert fact.at == fact.created_at
    assert {name for name, _, _ in fact.told} == {"at", "refunded_minor", "tax_minor"}


def test_a_business_buyer_is_recorded_without_a_buyer() -> None:
    fact = paid(make.flat_payment(user=None, membership_id=None, metadata=None))

    assert (fact.buyer_id, fact.buyer_name, fact.membership_id, fact.ref) == ("", "", "", "")


def test_tax_above_the_total_leaves_a_base_of_zero() -> None:
    fact = paid(make.flat_payment(total=make.money("1.00"), tax_amount=make.money("2.00")))

    assert fact.base_minor == 0
    assert not fact.above_zero


def test_both_refund_shapes_say_the_same() -> None:
    nested = read("refund.updated", make.nested_refund(), timestamp=iso(PAID_AT + DAY))
    native = read("refund.updated", make.native_refund())

    assert nested == native
    assert isinstance(native, Refund)
    assert (native.payment_id, native.amount_minor, native.succeeded) == ("pay_1", 2000, True)


def test_a_pending_refund_has_not_succeeded() -> None:
    fact = read("refund.created", make.native_refund(status="pending"))

    assert isinstance(fact, Refund)
    assert not fact.succeeded


def test_both_dispute_shapes_say_the_same() -> None:
    native = read("dispute.created", make.dispute_body())
    nested = make.dispute_body(company={"id": "biz_1"}, payment={"id": "pay_1", "total": 46})
    del nested["inquiry"], nested["updated_at"]

    assert read("dispute.updated", nested, timestamp=iso(PAID_AT + DAY)) == native
    assert isinstance(native, Dispute)
    assert (native.payment_id, native.status, native.inquiry) == ("pay_1", "needs_response", False)


@pytest.mark.parametrize("more", [{"inquiry": True}, {"status": "warning_under_review"}])
def test_inquiries_are_known_by_flag_or_status(more: dict[str, Any]) -> None:
    fact = read("dispute.created", make.dispute_body(**more))

    assert isinstance(fact, Dispute)
    assert fact.inquiry


@pytest.mark.parametrize(
    "kind",
    [
        "membership.activated",
        "membership.deactivated",
        "membership.updated",
        "membership.trial_ending_soon",
        "membership.cancel_at_period_end_changed",
    ],
)
def test_every_membership_event_is_read_in_both_shapes(kind: str) -> None:
    native = read(kind, make.membership_body())
    nested = make.membership_body(user={"id": BUYER, "username": "ann"}, member={"id": "mber_1"})
    del nested["user_id"]

    assert read(kind, nested) == native
    assert isinstance(native, Membership)
    assert (native.user_id, native.first_user_id, native.ref) == (BUYER, BUYER, CODE)


def test_a_trialing_membership_is_seen_trialing() -> None:
    fact = read("membership.activated", make.membership_body(status="trialing"))

    assert isinstance(fact, Membership)
    assert fact.seen_trialing


def test_a_finished_lesson_is_known_by_the_lesson() -> None:
    fact = read("course_lesson_interaction.completed", make.lesson_body())

    assert fact == Lesson("lesn_1", BUYER, "ann", PAID_AT)


@pytest.mark.parametrize("more", [{"completed": False}, {"user": None}])
def test_a_lesson_without_end_or_user_is_no_fact(more: dict[str, Any]) -> None:
    assert read("course_lesson_interaction.completed", make.lesson_body(**more)) is None


@pytest.mark.parametrize(
    "kind",
    ["payment.created", "payment.failed", "invoice.paid", "dispute_alert.created", "what.ever"],
)
def test_other_events_are_ignored_whatever_is_in_them(kind: str) -> None:
    assert read(kind, "nothing", account_id=None) is None


def test_the_older_envelope_names_the_company_too() -> None:
    body = event(PAID, {}, company_id="biz_2")
    del body["account_id"], body["api_version_date"]

    assert read_envelope(body).company_id == "biz_2"


@pytest.mark.parametrize("stamp", [None, 5, "yesterday", "2026-11-02T10:00:00", "0001-01-01Z"])
def test_a_strange_time_of_sending_is_no_time_of_sending(stamp: Any) -> None:
    assert read_envelope(event(PAID, {}, timestamp=stamp)).sent_at is None


def test_a_body_without_updated_at_is_as_old_as_its_sending() -> None:
    data = make.nested_refund()

    sent = read("refund.created", data)
    unsent = read("refund.created", data, timestamp=None)
    far = read("refund.created", data, timestamp=iso(PAID_AT + 900 * DAY))

    assert isinstance(sent, Refund)
    assert isinstance(unsent, Refund)
    assert isinstance(far, Refund)
    assert sent.updated_at == PAID_AT + SECOND
    assert unsent.updated_at == far.updated_at == RECEIVED + 2 * DAY


@pytest.mark.parametrize(
    ("metadata", "ref"),
    [({"wl_ref": f" {CODE} "}, CODE), ({"wl_ref": 7}, ""), ([], ""), ({"wl_ref": "x" * 500}, "")],
)
def test_odd_metadata_never_stops_a_payment(metadata: Any, ref: str) -> None:
    assert paid(make.flat_payment(metadata=metadata)).ref == ref


def test_half_characters_in_a_name_are_replaced() -> None:
    fact = paid(make.flat_payment(user={"id": BUYER, "username": "a\ud800b"}))

    assert fact.buyer_name == "a?b"


def test_an_endless_name_is_cut() -> None:
    assert len(paid(make.flat_payment(user={"id": BUYER, "username": "é" * 999})).buyer_name) == 200


def test_times_are_read_as_utc() -> None:
    fact = paid(make.flat_payment(paid_at="2026-11-02T19:04:15+01:00"))

    assert fact.at == PAID_AT
    assert fact.at.utcoffset() == timedelta(0)


FLAT, REFUND = make.flat_payment, make.nested_refund
DISPUTE, MEMBER, LESSON = make.dispute_body, make.membership_body, make.lesson_body
DONE = "course_lesson_interaction.completed"


@pytest.mark.parametrize(
    ("kind", "data", "field", "reason"),
    [
        (PAID, None, "data", "not an object"),
        (PAID, [], "data", "not an object"),
        (PAID, FLAT(id=None), "data.id", "missing"),
        (PAID, FLAT(id=5), "data.id", "not a text"),
        (PAID, FLAT(id="a\0b"), "data.id", "cannot be stored"),
        (PAID, FLAT(id="a\ud800"), "data.id", "cannot be stored"),
        (PAID, FLAT(id="x" * 300), "data.id", "too long"),
        (PAID, FLAT(total=None), "data.total", "missing"),
        (PAID, FLAT(total=make.money("-5.00")), "data.total", "negative"),
        (PAID, FLAT(total=make.money("5.00", "zzz9", 12)), "data.total", "decimals"),
        (PAID, FLAT(currency="??"), "data.currency", "not a currency"),
        (PAID, make.nested_payment(currency="zzz"), "data.total", "not known"),
        (PAID, make.nested_payment(currency=None), "data.total", "no currency"),
        (PAID, FLAT(tax_amount=make.money("1.00", "eur")), "data.tax_amount", "in eur"),
        (PAID, FLAT(usd_total=make.money("1.00", "eur")), "data.usd_total", "in eur"),
        (PAID, FLAT(tax_amount=make.money("-1.00")), "data.tax_amount", "negative"),
        (PAID, FLAT(presentment_total=make.money("x")), "data.presentment_total", "not an amount"),
        (PAID, FLAT(paid_at="2014-12-31T23:59:59Z"), "data.paid_at", "absurd"),
        (PAID, FLAT(paid_at="2099-01-01T00:00:00Z"), "data.paid_at", "future"),
        (PAID, FLAT(paid_at="9999-12-31T23:59:59-14:00"), "data.paid_at", "absurd"),
        (PAID, FLAT(paid_at="2026-11-02T10:00:00"), "data.paid_at", "no time zone"),
        (PAID, FLAT(paid_at="soon"), "data.paid_at", "not a time"),
        (PAID, FLAT(paid_at=1786381404), "data.paid_at", "not a time"),
        (PAID, FLAT(created_at=None), "data.created_at", "missing"),
        (PAID, FLAT(user="ann"), "data.user", "not an object"),
        (PAID, FLAT(user={"username": "ann"}), "data.user.id", "missing"),
        (PAID, FLAT(user={"id": BUYER, "username": "a\0"}), "data.user.username", "NUL"),
        (PAID, FLAT(user={"id": BUYER, "name": 5}), "data.user.name", "not a text"),
        (PAID, FLAT(metadata={"wl_ref": "A\0"}), "data.metadata.wl_ref", "NUL"),
        (PAID, FLAT(membership_id=[]), "data.membership_id", "not a text"),
        (PAID, make.nested_payment(membership="mem"), "data.membership", "not an object"),
        ("refund.updated", REFUND(amount=None), "data.amount", "missing"),
        ("refund.updated", REFUND(amount=Decimal(-1)), "data.amount", "negative"),
        ("refund.updated", REFUND(payment=None), "data.payment_id", "missing"),
        ("refund.updated", REFUND(status=None), "data.status", "missing"),
        ("dispute.created", DISPUTE(payment=None), "data.payment.id", "missing"),
        ("dispute.created", DISPUTE(inquiry="no"), "data.inquiry", "not true or false"),
        ("dispute.created", DISPUTE(updated_at="2200-01-01T00:00:00Z"), "data.updated_at", "futu"),
        ("membership.updated", MEMBER(status=None), "data.status", "missing"),
        ("membership.updated", MEMBER(created_at=None), "data.created_at", "missing"),
        ("membership.updated", MEMBER(user_id={}), "data.user_id", "not a text"),
        (DONE, LESSON(completed="yes"), "data.completed", "not true or false"),
        (DONE, LESSON(lesson=None), "data.lesson", "missing"),
        (DONE, LESSON(lesson={"id": None}), "data.lesson.id", "missing"),
    ],
)
def test_nonsense_is_refused_with_its_path(kind: str, data: Any, field: str, reason: str) -> None:
    with pytest.raises(Nonsense, match=reason) as refused:
        read(kind, data)

    assert refused.value.field == field


def test_a_day_ahead_of_our_clock_is_the_limit() -> None:
    body = event(PAID, make.flat_payment(paid_at=iso(PAID_AT + DAY)))

    assert read_event(read_envelope(body), body["data"], PAID_AT) is not None
    with pytest.raises(Nonsense, match="future"):
        read_event(read_envelope(body), body["data"], PAID_AT - SECOND)


@pytest.mark.parametrize("more", [{"account_id": None}, {"account_id": ""}])
def test_a_fact_of_no_company_is_nonsense(more: dict[str, Any]) -> None:
    with pytest.raises(Nonsense, match="no company"):
        read(PAID, make.flat_payment(), **more)


@pytest.mark.parametrize(
    ("field", "value"), [("id", None), ("id", 5), ("type", ""), ("type", []), ("account_id", 7)]
)
def test_an_envelope_that_names_nothing_is_nonsense(field: str, value: Any) -> None:
    with pytest.raises(Nonsense) as refused:
        read_envelope(event(PAID, {}, **{field: value}))

    assert refused.value.field == field
