"""Payouts: what leaves a balance, who has to agree, and what later facts do to what was paid."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from game.rules.refusals import Refusal
from game.services.payouts import deciding, limits, requesting
from tests.support.paying import (
    CODE,
    PAID,
    READY,
    agreed,
    ask,
    creator,
    earner,
    pockets,
    sell,
    state,
    steps,
)
from tests.support.settling import COMPANY, differences
from tests.support.telling import SECOND, dispute, notices, refund, rows, settle

pytestmark = pytest.mark.usefixtures("settings")


def refused(action: object, *arguments: object) -> Refusal:
    assert callable(action)
    with pytest.raises(Refusal) as raised:
        action(*arguments)
    return raised.value


def test_a_request_takes_the_whole_balance_out_of_payable_at_once() -> None:
    member = earner("100.00", "55.00")

    payout = ask(member)

    assert pockets(member) == (0, 0, 0, 1550)
    assert state(payout) == "requested"
    [(amount, usd)] = rows("SELECT amount_minor, usd_cents FROM payout WHERE id = %s", payout)
    assert (amount, usd) == (1550, 1550)
    assert notices(member)[-1] == "payout_changed"
    assert differences(READY) == []


def test_two_hundred_requests_at_once_make_one_payout() -> None:
    member = earner("100.00")

    def attempt(_: int) -> str:
        try:
            ask(member)
        except Refusal as refusal:
            return refusal.code
        return "made"

    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(attempt, range(200)))

    assert told.count("made") == 1
    assert told.count("nothing_payable") == 199
    assert pockets(member) == (0, 0, 0, 1000)
    assert differences(READY) == []


@pytest.mark.parametrize(("total", "code"), [("99.90", "below_minimum"), ("100.00", "")])
def test_the_smallest_payout_is_the_one_the_rules_name(total: str, code: str) -> None:
    member = earner(total)

    if not code:
        assert ask(member)
        return
    refusal = refused(ask, member)
    assert refusal.code == code
    assert refusal.details == {"worth_usd_cents": 999, "minimum_usd_cents": 1000}
    assert pockets(member) == (0, 0, 999, 0)


def test_money_is_payable_from_the_end_of_its_hold_and_not_a_second_before() -> None:
    member = earner()
    sell(CODE, "100.00", PAID)
    settle(READY - SECOND)

    assert refused(ask, member, READY - SECOND).code == "nothing_payable"


def test_currencies_are_paid_apart_and_the_minimum_is_measured_in_dollars() -> None:
    member = earner("100.00")
    sell(CODE, "30000", PAID, currency="jpy", usd="200.00")
    sell(CODE, "40.000", PAID, currency="kwd", usd="130.00")
    sell(CODE, "500.00", PAID, currency="eur", usd=None)
    settle(READY)

    made = requesting.request_mine(COMPANY, member, f"user_{CODE.lower()}", "", READY)

    assert len(made.ids) == 3
    assert rows("SELECT currency, amount_minor, usd_cents FROM payout ORDER BY currency") == [
        ("jpy", 3000, 2000),
        ("kwd", 4000, 1300),
        ("usd", 1000, 1000),
    ]
    assert pockets(member, "eur") == (0, 0, 5000, 0)  # nobody has said yet what it is worth
    assert differences(READY) == []


def test_a_creator_agrees_and_the_payout_waits_to_be_paid_by_hand_without_a_key() -> None:
    member, who = earner("100.00"), creator()
    payout = ask(member)

    deciding.approve(who, payout, READY)

    assert state(payout) == "approved"
    assert rows("SELECT next_attempt_at FROM payout") == [(None,)]
    assert refused(deciding.approve, who, payout, READY).details == {"state": "approved"}


def test_what_is_paid_by_hand_is_noted_and_cannot_be_taken_back() -> None:
    member, who = earner("100.00"), creator()
    payout = agreed(member, who)

    deciding.mark_paid(who, payout, "bank 17", READY)

    assert steps(payout) == ["requested", "approved", "paid"]
    assert refused(deciding.reject, who, payout, "", READY).code == "payout_state"
    assert pockets(member) == (0, 0, 0, 1000)
    assert differences(READY) == []


def test_a_rejected_payout_is_payable_again_and_can_be_asked_for_again() -> None:
    member, who = earner("100.00"), creator()
    payout = ask(member)

    deciding.reject(who, payout, "ask next month", READY)

    assert pockets(member) == (0, 0, 1000, 0)
    assert rows("SELECT paid_minor FROM payment_effect WHERE member_id = %s", member) == [(0,)]
    again = ask(member, READY + SECOND)
    assert again != payout
    assert pockets(member) == (0, 0, 0, 1000)
    assert differences(READY + SECOND) == []


def test_above_the_limit_two_creators_have_to_agree() -> None:
    member, first = earner("5000.00"), creator()
    payout = ask(member)
    deciding.approve(first, payout, READY)
    assert state(payout) == "approved"  # 500 dollars to the cent are not above 500 dollars
    second = creator("user_second")
    sell(CODE, "5000.10", PAID)
    settle(READY)
    large = ask(member, READY + SECOND)

    deciding.approve(first, large, READY + SECOND)

    assert state(large) == "requested"
    assert refused(deciding.approve, first, large, READY + SECOND).code == "second_person_needed"
    deciding.approve(second, large, READY + SECOND)
    assert rows("SELECT first_by, second_by FROM payout WHERE id = %s", large) == [
        ("user_creator", "user_second")
    ]
    assert state(large) == "approved"
    assert differences(READY + SECOND) == []


def test_a_lone_creator_agrees_again_after_signing_in_anew() -> None:
    member, alone = earner("6000.00"), creator()
    payout = ask(member)
    deciding.approve(alone, payout, READY)

    same_session = replace(alone, signed_in_at=READY)
    assert refused(deciding.approve, same_session, payout, READY + SECOND).code == (
        "fresh_sign_in_needed"
    )
    deciding.approve(replace(alone, signed_in_at=READY + SECOND), payout, READY + 2 * SECOND)

    assert state(payout) == "approved"
    assert differences(READY + 2 * SECOND) == []


def test_nobody_agrees_alone_to_being_paid() -> None:
    member, other = earner("100.00"), creator()
    rows("UPDATE member SET role = 'creator' WHERE id = %s RETURNING 1", member)
    payee = replace(other, member_id=member, user_id=f"user_{CODE.lower()}")
    payout = ask(member)

    deciding.approve(payee, payout, READY)

    assert state(payout) == "requested"
    deciding.approve(other, payout, READY)
    assert state(payout) == "approved"


def test_the_limit_holds_for_payouts_made_after_it_was_set() -> None:
    member, who = earner("100.00"), creator()
    limits.set_second_above(COMPANY, 999, who.user_id, READY)

    payout = ask(member)
    deciding.approve(who, payout, READY)

    assert state(payout) == "requested"
    assert rows("SELECT action FROM audit ORDER BY id") == [
        ("payouts.limit",),
        ("payouts.approve",),
    ]


def test_a_batch_pays_everybody_who_reaches_the_minimum_and_its_maker_has_agreed() -> None:
    who = creator()
    rich, richer = earner("100.00"), earner("200.00", code="EFGH2345")
    poor = earner("20.00", code="JKLM2345")

    made = requesting.request_batch(
        COMPANY, None, "", None, (COMPANY, who.member_id), who.user_id, READY
    )

    assert len(made.ids) == 2
    assert [state(payout) for payout in made.ids] == ["approved", "approved"]
    assert [pockets(one)[3] for one in (rich, richer, poor)] == [1000, 2000, 0]
    assert differences(READY) == []


def test_a_batch_goes_on_where_the_one_before_had_to_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(requesting, "MOST_AT_ONCE", 1)
    who = creator()
    members = [earner("100.00"), earner("200.00", code="EFGH2345")]
    batch = (COMPANY, None, "", None, (COMPANY, who.member_id), who.user_id)

    lefts = [requesting.request_batch(*batch, READY + number * SECOND).left for number in range(2)]

    assert lefts == [1, 0]
    assert [pockets(one)[3] for one in members] == [1000, 2000]


def test_what_is_taken_back_after_it_was_paid_is_a_debt_that_later_money_fills() -> None:
    member = earner("100.00", "100.00")
    ask(member)
    [(payment,)] = rows("SELECT min(payment_id) FROM payment_effect WHERE member_id = %s", member)

    refund(payment, "100.00", READY + SECOND)
    settle(READY + 2 * SECOND)

    assert pockets(member) == (0, 0, -1000, 2000)
    assert refused(ask, member).code == "nothing_payable"
    sell(CODE, "300.00", PAID)
    settle(READY + 3 * SECOND)
    payout = ask(member, READY + 3 * SECOND)
    assert rows("SELECT amount_minor FROM payout WHERE id = %s", payout) == [(2000,)]
    assert sorted(rows("SELECT amount_minor FROM payout_part WHERE payout_id = %s", payout)) == [
        (-1000,),
        (3000,),
    ]
    assert pockets(member) == (0, 0, 0, 4000)
    assert differences(READY + 3 * SECOND) == []


def test_what_is_paid_is_not_held_by_a_dispute_and_comes_back_held_if_the_payout_fails() -> None:
    member, who = earner("100.00"), creator()
    payout = ask(member)
    [(payment,)] = rows("SELECT payment_id FROM payment_effect WHERE member_id = %s", member)

    dispute(payment, "needs_response", READY + SECOND)
    settle(READY + 2 * SECOND)
    assert pockets(member) == (0, 0, 0, 1000)
    deciding.reject(who, payout, "", READY + 3 * SECOND)

    assert pockets(member) == (0, 1000, 0, 0)
    assert differences(READY + 3 * SECOND) == []
    dispute(payment, "won", READY + 4 * SECOND)
    settle(READY + 5 * SECOND)
    assert pockets(member) == (0, 0, 1000, 0)
    assert differences(READY + 5 * SECOND) == []


def test_a_partial_refund_under_dispute_leaves_the_debt_in_payable() -> None:
    member = earner("100.00")
    ask(member)
    [(payment,)] = rows("SELECT payment_id FROM payment_effect WHERE member_id = %s", member)

    dispute(payment, "needs_response", READY + SECOND)
    refund(payment, "40.00", READY + SECOND)
    settle(READY + 2 * SECOND)

    assert pockets(member) == (0, 0, -400, 1000)
    assert differences(READY + 2 * SECOND) == []


def test_who_loses_a_paid_referral_owes_it_and_gets_it_again_with_the_referral() -> None:
    member, other = earner("100.00"), earner(code="EFGH2345")
    ask(member)
    [(payment,)] = rows("SELECT payment_id FROM payment_effect WHERE member_id = %s", member)

    credit(payment, "EFGH2345")
    settle(READY + SECOND)
    assert pockets(member) == (0, 0, -1000, 1000)
    assert pockets(other) == (0, 0, 1000, 0)
    assert differences(READY + SECOND) == []
    credit(payment, CODE)
    settle(READY + 2 * SECOND)

    assert pockets(member) == (0, 0, 0, 1000)
    assert pockets(other) == (0, 0, 0, 0)
    assert rows("SELECT paid_minor, paid_elsewhere FROM payment_effect") == [(1000, {})]
    assert differences(READY + 2 * SECOND) == []


def credit(payment: str, code: str) -> None:
    """Let the fact name another code, as a decision by hand would, and its buyer be looked at."""
    rows(
        "UPDATE payment SET ref = %s, updated_at = updated_at + interval '1 ms' "
        "WHERE payment_id = %s RETURNING 1",
        code,
        payment,
    )
    refund(payment, "0.00", READY + timedelta(seconds=1), refund_id=f"rf_{code}")
