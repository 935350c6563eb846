"""Figures follow from the facts, whenever and in whatever order the facts arrive."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from game.services.progress.acts import choose_class
from game.services.scheduled import holds
from game.services.settlement.drain import settle_due_buyers
from models.base import Json
from tests.rules.making import iso
from tests.support.settling import COMPANY, differences
from tests.support.telling import (
    SECOND,
    dispute,
    membership,
    notices,
    pay,
    payment_data,
    payment_xp,
    purse,
    referrer,
    refund,
    rows,
    settle,
    tell,
)

pytestmark = pytest.mark.usefixtures("settings")
PAID = datetime(2026, 11, 2, 18, 4, 15, tzinfo=UTC)
DAY = timedelta(days=1)
CODE, OTHER = "ABCD2345", "WXYZ6789"
REASONS = "SELECT reason FROM receipt WHERE member_id = %s AND kind = 'payment' ORDER BY seq"


def test_refund_that_overtakes_its_payment_takes_effect_when_the_payment_comes() -> None:
    member = referrer(CODE, PAID)
    refund("pay_1", "20.00", PAID + DAY)
    settle(PAID + DAY)
    before = purse(member)

    pay("pay_1", "user_b", PAID, ref=CODE, received=PAID + 2 * DAY)
    settle(PAID + 2 * DAY)

    assert before == (0, 0, 0)
    assert purse(member) == (441 - 189, 0, 0)
    assert payment_xp(member) == 188 - 81
    assert differences(PAID + 2 * DAY) == []


def test_refunds_in_steps_end_at_nothing_to_the_cent() -> None:
    member = referrer(CODE, PAID)
    pay("pay_1", "user_b", PAID, ref=CODE)
    settle(PAID + SECOND)
    kept = []

    for day, (amount, number) in enumerate((("20.00", "rf_1"), ("26.56", "rf_2")), start=1):
        refund("pay_1", amount, PAID + day * DAY, number)
        settle(PAID + day * DAY)
        kept.append((purse(member)[0], payment_xp(member)))

    assert kept == [(252, 107), (0, 0)]
    assert differences(PAID + 2 * DAY) == []


@pytest.mark.parametrize("late", ["lost", "won"])
def test_dispute_lost_then_newer_won_gives_back_in_either_order(late: str) -> None:
    member = referrer(CODE, PAID)
    now = PAID + 5 * DAY
    pay("pay_1", "user_b", PAID, ref=CODE)
    refund("pay_1", "20.00", PAID + DAY)
    told = {"lost": PAID + 2 * DAY, "won": PAID + 3 * DAY}
    first = "won" if late == "lost" else "lost"
    dispute("pay_1", first, told[first], received=now)
    settle(now)
    between = (purse(member), payment_xp(member))

    dispute("pay_1", late, told[late], received=now)
    settle(now)

    assert between == (((252, 0, 0), 107) if first == "won" else ((0, 0, 0), 0))
    assert (purse(member), payment_xp(member)) == ((252, 0, 0), 107)
    assert differences(now) == []


def test_open_dispute_holds_the_money_and_leaves_the_xp() -> None:
    member = referrer(CODE, PAID)
    pay("pay_1", "user_b", PAID, ref=CODE)
    dispute("pay_1", "needs_response", PAID + DAY)

    settle(PAID + DAY)

    assert purse(member) == (0, 441, 0)
    assert payment_xp(member) == 188


def test_late_usd_total_brings_the_dollars_and_their_xp() -> None:
    member = referrer(CODE, PAID)
    eur: dict[str, Any] = {"total": "44.90", "tax": "0.00", "currency": "eur", "ref": CODE}
    pay("pay_1", "user_b", PAID, usd=None, **eur)
    settle(PAID + SECOND)
    before = (purse(member, "eur"), payment_xp(member), _usd(member))

    updated = (PAID + DAY).isoformat()
    pay("pay_1", "user_b", PAID, usd="48.73", updated_at=updated, received=PAID + DAY, **eur)
    settle(PAID + DAY)

    assert before == ((449, 0, 0), 100, 0)
    assert (purse(member, "eur"), payment_xp(member), _usd(member)) == ((449, 0, 0), 196, 487)
    assert differences(PAID + DAY) == []


def test_end_of_a_hold_moves_the_money_exactly_once() -> None:
    member = referrer(CODE, PAID)
    pay("pay_1", "user_b", PAID, ref=CODE)
    settle(PAID + SECOND)
    due = PAID + 30 * DAY
    seen = []

    for moment in (due - SECOND, due, due + DAY, due + 2 * DAY):
        settle_due_buyers(COMPANY, ["user_b"], moment)
        seen.append((purse(member), rows("SELECT count(*) FROM movement")[0][0]))

    assert seen == [((441, 0, 0), 1)] + [((0, 0, 441), 2)] * 3
    assert differences(due + 2 * DAY) == []


def test_release_job_pays_out_of_the_hold_what_a_dispute_let_go() -> None:
    member = referrer(CODE, PAID)
    due = PAID + 30 * DAY
    pay("pay_1", "user_b", PAID, ref=CODE)
    dispute("pay_1", "under_review", PAID + DAY)
    settle(PAID + DAY)
    _release(due + DAY)
    held = purse(member)

    dispute("pay_1", "won", due + 2 * DAY)
    settle(due + 2 * DAY)

    assert held == (0, 441, 0)
    assert purse(member) == (0, 0, 441)
    assert differences(due + 2 * DAY) == []


@pytest.mark.parametrize(
    ("seconds", "is_scout"), [(-1, False), (0, True), (1, True)], ids=["before", "at", "after"]
)
def test_class_holds_from_the_very_second_it_was_chosen(seconds: int, *, is_scout: bool) -> None:
    member = referrer(CODE, PAID)
    chosen = PAID.replace(microsecond=250_000)
    paid = PAID + timedelta(seconds=seconds)
    pay("pay_1", "user_b", paid, ref=CODE, received=PAID + 3 * SECOND)
    choose_class(COMPANY, member, "scout", chosen)

    settle(PAID + 4 * SECOND)

    assert payment_xp(member) == (272 if is_scout else 188)
    assert differences(PAID + 4 * SECOND) == []


def test_class_chosen_after_a_payment_of_the_same_second_was_settled_still_holds_for_it() -> None:
    member = referrer(CODE, PAID)
    pay("pay_1", "user_b", PAID, ref=CODE, received=PAID)
    settle(PAID)
    before = payment_xp(member)

    choose_class(COMPANY, member, "scout", PAID + timedelta(milliseconds=900))
    settle(PAID + SECOND)

    assert (before, payment_xp(member)) == (188, 272)
    assert differences(PAID + SECOND) == []


def test_rally_is_posted_again_when_an_older_conversion_arrives_late() -> None:
    member = referrer(CODE, PAID, role="champion")
    for number, day in enumerate((3, 6)):
        pay(f"pay_{number}", f"user_{number}", PAID + day * DAY, ref=CODE)
    settle(PAID + 6 * DAY + SECOND)
    before = payment_xp(member)

    pay("pay_late", "user_late", PAID, ref=CODE, received=PAID + 7 * DAY)
    settle(PAID + 7 * DAY)

    assert before == 188 + 188
    assert payment_xp(member) == 188 + 188 + 216
    assert purse(member) == (3 * 529, 0, 0)
    assert differences(PAID + 7 * DAY) == []


def test_rally_knows_a_buyer_of_two_companies_apart() -> None:
    for company in ("biz_a", "biz_b"):
        referrer(CODE, PAID, role="champion", company=company)
    for number in (1, 2):
        pay(f"pay_b{number}", f"user_{number}", PAID, ref=CODE, company="biz_b")
    now = PAID + 2 * SECOND
    settle(now)

    # One batch: the same two users buy elsewhere, and a third makes the rally.
    for number in (1, 2):
        pay(f"pay_a{number}", f"user_{number}", PAID, ref=CODE, company="biz_a", received=now)
    pay("pay_b3", "user_3", PAID, ref=CODE, company="biz_b", received=now)
    settle(now)

    in_rally = rows(
        "SELECT company_id, count(*) FROM payment_effect WHERE xp_kept = 216 GROUP BY 1"
    )
    assert in_rally == [("biz_b", 3)]
    assert differences(now, "biz_a") + differences(now, "biz_b") == []


def test_rally_ends_when_one_of_its_conversions_goes_to_somebody_else() -> None:
    champion, other = referrer(CODE, PAID, role="champion"), referrer(OTHER, PAID)
    for number, day in enumerate((1, 3, 6)):
        pay(f"pay_{number}", f"user_{number}", PAID + day * DAY, ref=CODE)
    now = PAID + 7 * DAY
    settle(now)
    before = payment_xp(champion)

    # The first buyer came through the other link a day earlier; that is heard of late.
    pay("pay_first", "user_0", PAID, ref=OTHER, total="1.00", tax="0.00", received=now)
    settle(now)

    assert before == 188 + 188 + 216
    assert payment_xp(champion) == 188 + 188
    assert purse(champion) == (2 * 529, 0, 0)
    assert purse(other) == (10 + 441, 0, 0)
    assert differences(now) == []


def test_refunded_conversion_still_counts_for_the_rally_of_the_others() -> None:
    member = referrer(CODE, PAID, role="champion")
    for number, day in enumerate((0, 3, 6)):
        pay(f"pay_{number}", f"user_{number}", PAID + day * DAY, ref=CODE)
    refund("pay_0", "46.56", PAID + 6 * DAY)

    settle(PAID + 7 * DAY)

    assert payment_xp(member) == 188 + 216
    assert differences(PAID + 7 * DAY) == []


def test_earlier_payment_heard_of_late_moves_money_and_xp_and_tells_both() -> None:
    loser, winner = referrer(CODE, PAID), referrer(OTHER, PAID)
    pay("pay_2", "user_b", PAID + DAY, ref=CODE)
    settle(PAID + DAY + SECOND)
    before = (purse(loser), payment_xp(loser), purse(winner), payment_xp(winner))

    now = PAID + 2 * DAY
    pay("pay_1", "user_b", PAID, ref=OTHER, received=now)
    settle(now)

    assert before == ((441, 0, 0), 188, (0, 0, 0), 0)
    assert (purse(loser), payment_xp(loser)) == ((0, 0, 0), 0)
    # The later payment is another one-time sale of the same referral: a renewal.
    assert (purse(winner), payment_xp(winner)) == ((882, 0, 0), 188 + 54)
    assert "referral_reversed" in notices(loser)
    assert "referral_completed" in notices(winner)
    referrals = "SELECT total_referrals FROM member WHERE id IN (%s, %s) ORDER BY id"
    assert rows(referrals, loser, winner) == [(0,), (1,)]
    assert differences(now) == []


@pytest.mark.parametrize(("late_by", "moves"), [(-SECOND, True), (SECOND, False)])
def test_after_the_hold_a_late_payment_moves_nobody(late_by: timedelta, *, moves: bool) -> None:
    first, second = referrer(CODE, PAID), referrer(OTHER, PAID)
    pay("pay_2", "user_b", PAID + DAY, ref=CODE)
    settle(PAID + DAY + SECOND)

    # The hold counts from the payment that the late one would become the first of.
    now = PAID + DAY + 30 * DAY + late_by
    pay("pay_1", "user_b", PAID, ref=OTHER, received=now)
    settle(now)

    credited = "SELECT member_id FROM referral"
    assert rows(credited) == [(second if moves else first,)]
    assert differences(now) == []


@pytest.mark.parametrize(("late_by", "moves"), [(-SECOND, True), (SECOND, False)])
def test_after_the_hold_a_late_reference_moves_nobody(late_by: timedelta, *, moves: bool) -> None:
    first, second = referrer(CODE, PAID), referrer(OTHER, PAID)
    pay("pay_1", "user_b", PAID)
    pay("pay_2", "user_b", PAID + DAY, ref=CODE)
    settle(PAID + DAY + SECOND)

    now = PAID + DAY + 30 * DAY + late_by
    pay("pay_1", "user_b", PAID, ref=OTHER, received=now, updated_at=iso(PAID + DAY))
    settle(now)

    assert rows("SELECT member_id FROM referral") == [(second if moves else first,)]
    assert differences(now) == []


@pytest.mark.parametrize("told_first", [True, False])
def test_membership_heard_of_after_its_transfer_does_not_overrule_the_first_payer(
    *, told_first: bool
) -> None:
    of_first, of_second = referrer(CODE, PAID), referrer(OTHER, PAID)
    goes_on: dict[str, Any] = {"membership_id": "mem_1", "billing_reason": "subscription_cycle"}
    if told_first:
        membership("mem_1", "user_second", PAID + 40 * DAY)
        settle(PAID + 40 * DAY)

    pay("pay_0", "user_first", PAID, membership_id="mem_1")
    pay("pay_1", "user_first", PAID + 30 * DAY, ref=CODE, **goes_on)
    pay("pay_2", "user_second", PAID + 60 * DAY, ref=OTHER, **goes_on)
    settle(PAID + 60 * DAY)
    membership("mem_1", "user_second", PAID + 40 * DAY)
    settle(PAID + 61 * DAY)

    assert payment_xp(of_first) == 54
    assert payment_xp(of_second) == 0
    assert differences(PAID + 61 * DAY) == []


def test_first_cycle_after_a_payment_of_nothing_converts_whoever_paid_what_before() -> None:
    member = referrer(CODE, PAID)
    goes_on: dict[str, Any] = {"membership_id": "mem_1", "billing_reason": "subscription_cycle"}
    free: dict[str, Any] = {"total": "0.00", "tax": "0.00"}
    nobodys = payment_data("pay_0", "", PAID - 2 * DAY, membership_id="mem_1", **free)
    tell("payment.succeeded", nobodys | {"user": None}, PAID - 2 * DAY)
    pay("pay_1", "user_b", PAID, ref=CODE, **goes_on)
    pay("pay_2", "user_b", PAID + DAY, **goes_on)
    settle(PAID + 2 * DAY)

    assert payment_xp(member) == 188 + 54
    assert differences(PAID + 2 * DAY) == []


def test_payment_of_nothing_after_the_first_paid_one_makes_no_conversion() -> None:
    member = referrer(CODE, PAID)
    pay(
        "pay_1",
        "user_b",
        PAID,
        ref=CODE,
        membership_id="mem_1",
        billing_reason="subscription_cycle",
    )
    pay("pay_2", "user_b", PAID + DAY, total="0.00", tax="0.00", membership_id="mem_1")
    settle(PAID + 2 * DAY)

    assert payment_xp(member) == 54
    assert differences(PAID + 2 * DAY) == []


def test_later_receipts_say_what_changed() -> None:
    member = referrer(CODE, PAID)
    pay("pay_1", "user_b", PAID, ref=CODE)
    settle(PAID + SECOND)
    for number, status in enumerate(("needs_response", "won", "needs_response", "lost", "won")):
        now = PAID + (number + 1) * DAY
        dispute("pay_1", status, now)
        settle(now)
    refund("pay_1", "20.00", PAID + 6 * DAY)
    settle(PAID + 6 * DAY)
    _release(PAID + 31 * DAY)
    pay("pay_1", "user_b", PAID, ref=CODE, tax="4.00", updated_at=iso(PAID + DAY))
    settle(PAID + 32 * DAY)

    reasons = [reason for (reason,) in rows(REASONS, member)]
    assert reasons == [
        "conversion", "held", "dispute_won", "held", "dispute", "dispute_won", "refund",
        "released", "recomputed",
    ]  # fmt: skip
    assert differences(PAID + 32 * DAY) == []


def test_first_receipt_of_a_payment_refunded_before_it_came_says_what_the_payment_is() -> None:
    member = referrer(CODE, PAID)
    refund("pay_1", "20.00", PAID)
    pay("pay_1", "user_b", PAID, ref=CODE)
    settle(PAID + SECOND)

    assert rows(REASONS, member) == [("conversion",)]


def test_money_is_neither_made_nor_lost_by_any_of_it() -> None:
    one, two = referrer(CODE, PAID), referrer(OTHER, PAID, role="champion")
    now = PAID + 9 * DAY
    for number in range(12):
        code = (CODE, OTHER)[number % 2]
        pay(f"pay_{number}", f"user_{number % 5}", PAID + number * DAY / 2, ref=code)
        if number % 3 == 0:
            refund(f"pay_{number}", "10.00", now, f"rf_{number}")
        if number % 4 == 0:
            dispute(f"pay_{number}", "under_review", now)
        settle(now)

    spent = rows(
        "SELECT sum(CASE WHEN debit = 'expense' THEN amount_minor "
        "WHEN credit = 'expense' THEN -amount_minor ELSE 0 END)::bigint FROM movement"
    )
    assert spent == [(sum(purse(one)) + sum(purse(two)),)]
    assert differences(now) == []


def _usd(member: int) -> int:
    return int(rows("SELECT earned_usd_cents FROM member WHERE id = %s", member)[0][0])


def _release(now: datetime) -> None:
    progress: Json | None = {}
    while progress is not None:
        progress = holds.release_step(progress, now, now)
