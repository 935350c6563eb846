"""What Whop leaves open in one body and says in another, through the whole settlement."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from game.rules.codes import canonical
from game.services.referrals.code_match import canonical_sql
from game.services.referrals.reads import read_referrals, read_stats
from models.session import MEMBER, transaction
from tests.support.settling import COMPANY, differences, put, states
from tests.support.telling import (
    as_owner,
    membership,
    notices,
    pay,
    payment_data,
    payment_xp,
    purse,
    referrer,
    rows,
    settle,
    tell,
)

pytestmark = pytest.mark.usefixtures("settings")

TOLD = Path(__file__).parents[1] / "whop" / "told"
PAID = datetime(2026, 11, 27, 10, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
CODE = "ABCD2345"


def deliver(name: str, at: datetime) -> None:
    """One of the stored bodies, settled at once."""
    raw = (TOLD / f"{name}.json").read_bytes()
    put(json.loads(raw)["id"], raw, at)
    settle(at)


@pytest.mark.parametrize("order", list(permutations(["payment.in-krw", "payment.in-usd"])))
def test_payment_told_in_two_currencies_earns_by_the_amounts_of_one(order: list[str]) -> None:
    member = referrer(CODE, PAID - DAY)

    for number, name in enumerate(order):
        deliver(name, PAID + number * DAY)

    now = PAID + 2 * DAY
    assert rows("SELECT total_minor, tax_minor, currency FROM payment") == [(4000, 364, "usd")]
    assert (purse(member), purse(member, "krw")) == ((364, 0, 0), (0, 0, 0))
    assert rows("SELECT kind, base_minor FROM payment_effect") == [("conversion", 3636)]
    assert notices(member).count("referral_completed") == 1
    assert differences(now) == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("tax_minor = 5000", "payment.tax_minor"),
        ("refunded_minor = 1", "payment.refunded_minor"),
        ("tellings = jsonb_set(tellings, '{0,6}', '50')", "payment.tax_minor"),
        ("tellings = jsonb_set(tellings, '{0,0}', '3')", "payment.tellings"),
    ],
)
def test_verify_sees_amounts_that_no_bodies_come_to(change: str, what: str) -> None:
    referrer(CODE, PAID - DAY)
    deliver("payment.in-krw", PAID)
    deliver("payment.in-usd", PAID)

    as_owner(f"UPDATE payment SET {change}")

    assert any(what in found for found in differences(PAID + DAY))


def test_refund_whose_settled_amount_is_not_known_takes_back_by_the_processors() -> None:
    member = referrer(CODE, PAID - DAY)
    data = payment_data("pay_1", "user_b", PAID, ref=CODE, total="5000", tax="0", currency="jpy",
                        usd="33.00")  # fmt: skip
    tell("payment.succeeded", data, PAID)
    settle(PAID)

    deliver("refund.unsettled.pending", PAID + SECOND)
    pending = (purse(member, "jpy"), payment_xp(member))
    deliver("refund.unsettled.succeeded", PAID + 2 * SECOND)

    assert pending == ((500, 0, 0), 166)
    assert (purse(member, "jpy"), payment_xp(member)) == ((0, 0, 0), 0)
    assert states() == {"handled": 3}
    assert differences(PAID + DAY) == []


def test_conversion_that_moves_is_announced_once_and_told_as_a_change() -> None:
    member = referrer(CODE, PAID)
    pay("pay_2", "user_b", PAID + DAY, ref=CODE)
    settle(PAID + DAY + SECOND)

    pay("pay_1", "user_b", PAID, ref=CODE, received=PAID + 2 * DAY)
    settle(PAID + 2 * DAY)

    told = [kind for kind in notices(member) if kind.startswith(("referral", "commission"))]
    assert told == ["referral_completed", "commission_changed", "commission_changed"]
    kinds = "SELECT payment_id, kind, announced FROM payment_effect ORDER BY 1"
    assert rows(kinds) == [("pay_1", "conversion", False), ("pay_2", "renewal", True)]
    assert differences(PAID + 2 * DAY) == []


def test_renewal_that_turns_out_to_be_the_conversion_announces_it() -> None:
    member = referrer(CODE, PAID)
    cycle: dict[str, Any] = {"billing_reason": "subscription_cycle", "membership_id": "mem_1"}
    pay("pay_1", "user_b", PAID, ref=CODE, **cycle)
    settle(PAID + SECOND)
    before = notices(member).count("referral_completed")

    pay("pay_0", "user_b", PAID - DAY, total="0.00", tax="0.00", membership_id="mem_1",
        received=PAID + 2 * SECOND)  # fmt: skip
    settle(PAID + 3 * SECOND)

    assert (before, notices(member).count("referral_completed")) == (0, 1)
    assert differences(PAID + DAY) == []


def test_books_from_before_announcements_were_noted_are_no_difference() -> None:
    member = referrer(CODE, PAID)
    pay("pay_2", "user_b", PAID + DAY, ref=CODE)
    settle(PAID + DAY + SECOND)
    as_owner("UPDATE payment_effect SET announced = false; "
             "UPDATE receipt SET inputs = inputs - 'completes'")  # fmt: skip

    assert differences(PAID + DAY + SECOND) == []
    pay("pay_1", "user_b", PAID, ref=CODE, received=PAID + 2 * DAY)
    settle(PAID + 2 * DAY)

    assert notices(member).count("referral_completed") == 1
    assert differences(PAID + 2 * DAY) == []


def pending(member: int, now: datetime) -> list[tuple[str, str | None]]:
    """The pending referrals of a member, by list and by count."""
    with transaction(MEMBER, COMPANY) as tx:
        found = read_referrals(tx, COMPANY, member, now, None, 50).items
        counted = read_stats(tx, COMPANY, member, now).pending
    shown = [(one.id, one.buyer_username) for one in found if one.state == "pending"]
    assert len(shown) == counted
    return shown


@pytest.mark.parametrize("ref", ["abcd2345", "ABCD2345", "abcD2345"])
def test_pending_buyer_is_listed_in_whatever_case_the_code_came(ref: str) -> None:
    member = referrer(CODE, PAID)
    pay("pay_0", "user_free", PAID, ref=ref, total="0.00", tax="0.00")
    data = {"status": "trialing", "user_id": "user_trial", "metadata": {"wl_ref": ref}}
    membership("mem_0", "user_nobody", PAID)
    tell("membership.activated", _trial(data), PAID + SECOND)
    settle(PAID + DAY)

    shown = pending(member, PAID + DAY)
    pay("pay_1", "user_free", PAID + DAY, ref=ref)
    settle(PAID + DAY + SECOND)

    assert sorted(shown) == [("user_free", "free"), ("user_trial", None)]
    assert [one for one, _ in pending(member, PAID + DAY)] == ["user_trial"]
    assert rows("SELECT buyer_id, member_id FROM referral") == [("user_free", member)]


def _trial(data: dict[str, Any]) -> dict[str, Any]:
    return {"id": "mem_1", "created_at": PAID.isoformat(), "updated_at": PAID.isoformat()} | data


def test_sql_and_rules_write_every_code_alike() -> None:
    typed = [chr(number) + "bcDEF23" for number in range(32, 0x3000) if chr(number).isprintable()]

    sql = f"SELECT word, {canonical_sql('word')} FROM unnest(%s::text[]) AS word"
    found = rows(sql, typed)

    # Beyond ASCII both leave the first letter as it is, so that neither makes a code of it.
    wrong = [word for word, stored in found if word.isascii() and stored != canonical(word)]
    wrong += [word for word, stored in found if not word.isascii() and stored.isascii()]
    assert wrong == []


def test_buyer_is_called_by_the_newest_telling_in_every_list() -> None:
    member = referrer(CODE, PAID)
    told = [("oldname", 40), ("newname", 10), ("zancient", 60)]
    for number, (name, days) in enumerate(told):
        at = PAID - days * DAY
        for buyer, total in (("user_paid", "46.56"), ("user_free", "0.00")):
            data = payment_data(f"pay_{buyer}_{number}", buyer, at, ref=CODE, total=total,
                                tax="0.00")  # fmt: skip
            data["user"]["username"] = name
            tell("payment.succeeded", data, PAID + number * SECOND)
        settle(PAID + number * SECOND)

    with transaction(MEMBER, COMPANY) as tx:
        found = read_referrals(tx, COMPANY, member, PAID + DAY, None, 50).items
    assert {(one.state, one.buyer_username) for one in found} == {
        ("completed", "newname"),
        ("pending", "newname"),
    }
    assert differences(PAID + DAY) == []


def test_member_keeps_the_name_of_the_newest_telling_whenever_others_arrive() -> None:
    def finish(name: str, days_ago: int, number: int) -> None:
        data = {
            "completed": True,
            "created_at": (PAID - days_ago * DAY).isoformat(),
            "lesson": {"id": f"lesn_{number}"},
            "user": {"id": "user_a", "username": name, "name": None},
        }
        tell("course_lesson_interaction.completed", data, PAID + number * SECOND)

    for number, (name, days_ago) in enumerate([("second", 10), ("Third", 5), ("first", 60)]):
        finish(name, days_ago, number)
        settle(PAID + number * SECOND)
    finish("older", 50, 4)
    finish("newer", 2, 5)
    finish("old", 40, 6)
    before = rows("SELECT username FROM member")
    settle(PAID + 10 * SECOND)

    assert before == [("Third",)]
    assert rows("SELECT username, username_lower FROM member") == [("newer", "newer")]
