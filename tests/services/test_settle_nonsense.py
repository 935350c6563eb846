"""A well-formed envelope with nonsense inside becomes a dead letter that says what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from game.services.inbox import dead_letters
from game.services.inbox.due import make_due_wait
from tests.rules.making import dispute_body, iso, lesson_body, membership_body, money, native_refund
from tests.support.settling import COMPANY, differences, states
from tests.support.telling import SECOND, pay, payment_data, purse, referrer, rows, settle, tell

pytestmark = pytest.mark.usefixtures("settings")
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PAID = NOW - timedelta(hours=1)
CODE = "ABCD2345"
LATER = iso(NOW + timedelta(days=2))

PAYMENTS: dict[str, tuple[dict[str, Any], str]] = {
    "negative total": ({"total": money("-46.56")}, "data.total: is negative"),
    "negative tax": ({"tax_amount": money("-0.01")}, "data.tax_amount: is negative"),
    "negative dollars": ({"usd_total": money("-1.00")}, "data.usd_total: is negative"),
    "no total": ({"total": None}, "data.total: is missing"),
    "a total of words": ({"total": money("a lot")}, "data.total: is not an amount"),
    "a true total": ({"total": True}, "data.total: is not an amount"),
    "not a number": ({"total": money("NaN")}, "data.total: is not an amount"),
    "endless": ({"total": money("Infinity")}, "data.total: is not an amount"),
    "half a cent": ({"total": money("46.565")}, "data.total: has more than 2 decimals"),
    "all the money there is": ({"total": money("9" * 30)}, "data.total: is too large"),
    "a short huge number": ({"total": money("1E+999999")}, "data.total: is too large"),
    "an unknown currency": (
        {"total": 46.56, "currency": "gold", "tax_amount": None},
        "data.total: the currency 'gold' is not known",
    ),
    "a currency that is none": ({"currency": "€"}, "data.currency: is not a currency"),
    "tax in another currency": (
        {"tax_amount": money("2.46", "eur")},
        "data.tax_amount: is in eur, the total in usd",
    ),
    "NUL in a name": (
        {"user": {"id": "user_b", "username": "an\0n"}},
        "data.user.username: has a NUL in it",
    ),
    "NUL in an id": (
        {"id": "pay_\0"}, "data.id: has characters that cannot be stored"
    ),
    "half a character in an id": (
        {"id": "pay_\ud800"}, "data.id: has characters that cannot be stored"
    ),
    "NUL in our reference": (
        {"metadata": {"wl_ref": "AB\0CD"}}, "data.metadata.wl_ref: has a NUL in it"
    ),
    "an id that is a number": ({"id": 17}, "data.id: is not a text"),
    "an endless id": ({"id": "p" * 10_000}, "data.id: is empty or too long"),
    "a user that is a text": ({"user": "user_b"}, "data.user: is not an object"),
    "paid in the future": ({"paid_at": LATER}, "data.paid_at: lies in the future"),
    "paid before Whop": ({"paid_at": "1999-01-01T00:00:00Z"}, "data.paid_at: is an absurd time"),
    "paid in the year 9999": (
        {"paid_at": "9999-12-31T23:59:59Z"}, "data.paid_at: is an absurd time"
    ),
    "a time without a zone": (
        {"paid_at": "2026-11-22T10:00:00"}, "data.paid_at: has no time zone"
    ),
    "a time that is none": ({"paid_at": "yesterday"}, "data.paid_at: is not a time"),
    "never created": ({"created_at": None}, "data.created_at: is missing"),
}  # fmt: skip

OTHERS: dict[str, tuple[str, Any, str]] = {
    "data that is a list": ("payment.succeeded", [], "data: is not an object"),
    "no data": ("payment.succeeded", None, "data: is not an object"),
    "a negative refund": (
        "refund.created", native_refund(amount=money("-1.00")), "data.amount: is negative"
    ),
    "a refund of nothing known": (
        "refund.created", native_refund(payment_id=None), "data.payment_id: is missing"
    ),
    "a dispute of nothing known": (
        "dispute.created", dispute_body(payment={}), "data.payment.id: is missing"
    ),
    "an inquiry that is a text": (
        "dispute.created", dispute_body(inquiry="no"), "data.inquiry: is not true or false"
    ),
    "a membership without state": (
        "membership.activated", membership_body(status=None), "data.status: is missing"
    ),
    "a lesson without a lesson": (
        "course_lesson_interaction.completed", lesson_body(lesson=None), "data.lesson: is missing"
    ),
    "a lesson of tomorrow's tomorrow": (
        "course_lesson_interaction.completed",
        lesson_body(created_at=LATER),
        "data.created_at: lies in the future",
    ),
}  # fmt: skip


def the_letter() -> dead_letters.Letter:
    """The one dead letter there is."""
    [letter] = dead_letters.find(dead_letters.Filter())
    return letter


def test_every_kind_of_nonsense_in_a_payment_is_named_and_stops_nothing() -> None:
    member = referrer(CODE, NOW)
    expected = {}
    for name, (change, reason) in PAYMENTS.items():
        data = payment_data(f"pay_{name}", "user_b", PAID, ref=CODE) | change
        expected[tell("payment.succeeded", data, NOW)] = reason
    pay("pay_good", "user_good", PAID, ref=CODE)

    settle(NOW)

    assert reasons() == expected
    assert states() == {"dead": len(PAYMENTS), "handled": 1}
    assert purse(member) == (441, 0, 0)
    assert rows("SELECT count(*) FROM payment") == [(1,)]
    assert differences(NOW) == []


def test_every_kind_of_nonsense_in_other_events_is_named_too() -> None:
    expected = {tell(kind, data, NOW): reason for kind, data, reason in OTHERS.values()}

    settle(NOW)

    assert reasons() == expected
    assert states() == {"dead": len(OTHERS)}
    facts = "SELECT (SELECT count(*) FROM refund) + (SELECT count(*) FROM dispute)"
    assert rows(facts) == [(0,)]


def test_delivery_that_names_no_company_is_buried_and_not_stuck() -> None:
    tell("payment.succeeded", payment_data("pay_1", "user_b", PAID), NOW, company=None)
    tell("chat.message.created", {}, NOW, company=None)

    settle(NOW)

    assert states() == {"dead": 1, "ignored": 1}
    letter = the_letter()
    assert (letter.company_id, letter.error_group) == (None, "nonsense:account_id")
    assert letter.error == "account_id: no company"


def test_nonsense_is_buried_at_the_first_attempt() -> None:
    data = payment_data("pay_1", "user_b", PAID) | {"total": money("-1.00")}
    tell("payment.succeeded", data, NOW)

    settle(NOW)

    assert (the_letter().attempts, the_letter().error_group) == (1, "nonsense:data.total")


def test_event_of_an_unknown_type_is_stored_and_ignored_whatever_is_in_it() -> None:
    tell("moon.landed", {"total": {"amount": "NaN"}, "name": "\0"}, NOW)

    settle(NOW)

    assert states() == {"ignored": 1}
    assert dead_letters.find(dead_letters.Filter()) == []


def test_odd_but_honest_names_are_kept_as_they_can_be() -> None:
    names = {"user_a": "\u202eevil", "user_b": "🐉" * 300, "user_c": "half\ud800"}
    for user, name in names.items():
        data = payment_data(f"pay_{user}", user, PAID) | {"user": {"id": user, "username": name}}
        tell("payment.succeeded", data, NOW)

    settle(NOW)

    assert states() == {"handled": 3}
    stored = rows("SELECT buyer_name FROM payment ORDER BY buyer_id")
    assert stored == [("\u202eevil",), ("🐉" * 200,), ("half?",)]


def test_second_telling_that_names_another_buyer_leaves_the_books_exact() -> None:
    member = referrer(CODE, NOW)
    pay("pay_1", "user_b", PAID, ref=CODE)
    settle(NOW)

    updated = iso(NOW)
    pay("pay_1", "user_c", PAID, ref=CODE, updated_at=updated, received=NOW)
    settle(NOW)

    assert states() == {"handled": 2}
    assert purse(member) == (441, 0, 0)
    assert rows("SELECT buyer_id FROM referral") == [("user_c",)]
    assert differences(NOW) == []


def test_second_telling_in_another_currency_leaves_the_books_exact() -> None:
    member = referrer(CODE, NOW)
    pay("pay_1", "user_b", PAID, ref=CODE)
    settle(NOW)

    other: dict[str, Any] = {"currency": "eur", "total": "44.90", "tax": "0.00", "usd": "48.73"}
    pay("pay_1", "user_b", PAID, ref=CODE, updated_at=iso(NOW), received=NOW, **other)
    settle(NOW)

    assert (purse(member), purse(member, "eur")) == ((0, 0, 0), (449, 0, 0))
    assert differences(NOW) == []


def test_refund_that_moves_to_another_payment_gives_back_to_the_first() -> None:
    member = referrer(CODE, NOW)
    for number in (1, 2):
        pay(f"pay_{number}", f"user_{number}", PAID, ref=CODE)
    for payment_id, hours in (("pay_1", 0), ("pay_2", 1)):
        data = native_refund(
            payment_id=payment_id,
            amount=money("46.56"),
            updated_at=iso(PAID + timedelta(hours=hours)),
        )
        tell("refund.updated", data, NOW)
        settle(NOW)

    assert purse(member) == (441, 0, 0)
    assert differences(NOW) == []


def test_membership_that_moves_to_another_payment_leaves_the_books_exact() -> None:
    member = referrer(CODE, NOW)
    free: dict[str, Any] = {"total": "0.00", "tax": "0.00", "membership_id": "mem_1"}
    pay("pay_0", "user_b", PAID - timedelta(days=7), ref=CODE, **free)
    cycle: dict[str, Any] = {"billing_reason": "subscription_cycle", "ref": CODE}
    pay("pay_1", "user_b", PAID, membership_id="mem_1", **cycle)
    settle(NOW)
    before = purse(member)

    later: dict[str, Any] = {"membership_id": "mem_2", "updated_at": iso(NOW), "received": NOW}
    pay("pay_1", "user_b", PAID, **cycle, **later)
    settle(NOW)

    assert before == (441, 0, 0)
    assert differences(NOW) == []


def reasons() -> dict[str, str]:
    """Why each dead delivery could not be settled."""
    return dict(
        rows(
            "SELECT i.webhook_id, d.error FROM dead_letter d JOIN inbox i ON i.seq = d.inbox_seq "
            "WHERE d.state = 'open' AND i.company_id = %s",
            COMPANY,
        )
    )


def test_whatever_settling_takes_for_a_company_has_a_turn_of_its_own() -> None:
    """Else its facts would be written beside the process whose turn it is."""
    for company in ("b" * 200, "b" * 201, "biz_\u200b", " "):
        tell("membership.activated", membership_body(), NOW, company=company)

    settle(NOW)

    settled = rows("SELECT company_id FROM inbox WHERE state = 'handled' ORDER BY 1")
    assert settled == rows("SELECT company_id FROM company ORDER BY 1") == [(" ",), ("b" * 200,)]
    assert states() == {"dead": 2, "handled": 2}


def test_refund_in_a_currency_nobody_told_the_decimals_of_waits_for_its_payment() -> None:
    member = referrer(CODE, NOW)
    bare = {"id": "rf_1", "amount": 5, "currency": "usdt", "status": "succeeded"}
    tell("refund.updated", bare | {"payment": {"id": "pay_1"}, "created_at": iso(PAID)}, NOW)
    settle(NOW)
    before = states()

    pay("pay_1", "user_b", PAID, ref=CODE, total="10", tax="0", currency="usdt", usd="10.00")
    settle(NOW + SECOND)
    make_due_wait(NOW + timedelta(minutes=1))
    settle(NOW + timedelta(minutes=1))

    assert before == {"retrying": 1}
    assert states() == {"handled": 2}
    assert purse(member, "usdt") == (500_000, 0, 0)
    assert differences(NOW + timedelta(minutes=1)) == []
