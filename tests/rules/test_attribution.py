"""Who is credited, from when on, and how late a fact may still change that."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from game.rules.attribution import attribute, classify, starter_of
from game.rules.effects import Attribution
from game.rules.facts import BuyerCase, Click, Code
from game.rules.merging import merge_membership, merge_payment
from game.rules.ruleset import Rules
from tests.rules.making import (
    BUYER,
    CODE,
    DAY,
    OTHER,
    OTHER_CODE,
    OWNER,
    PAID_AT,
    REFERRER,
    SECOND,
    case_of,
    membership,
    payment,
    plain,
    rules_with,
)

HOLD = timedelta(days=30)
CYCLE = "subscription_cycle"


def credited(case: BuyerCase, rules: Rules | None = None) -> Attribution | None:
    return attribute(case, rules or Rules(), OWNER)


def who(case: BuyerCase, rules: Rules | None = None) -> str:
    found = credited(case, rules)
    return found.referrer_id if found else ""


def test_a_code_credits_its_member_in_any_case() -> None:
    found = credited(case_of([payment(ref=CODE.lower())]))

    assert found == Attribution(REFERRER, "pay_1", PAID_AT, "code")


def test_a_click_token_credits_its_member() -> None:
    clicks = {"tok_1": Click("tok_1", OTHER, PAID_AT - DAY)}

    found = credited(case_of([payment(ref="tok_1")], clicks=clicks))

    assert found == Attribution(OTHER, "pay_1", PAID_AT, "click")


def test_a_membership_can_bring_the_reference() -> None:
    bought = payment(ref="", membership_id="mem_1")

    found = credited(case_of([bought], memberships={"mem_1": membership(ref=CODE)}))

    assert found == Attribution(REFERRER, "pay_1", PAID_AT, "membership")


def test_the_payments_own_reference_comes_first() -> None:
    bought = payment(ref=OTHER_CODE, membership_id="mem_1")

    assert who(case_of([bought], memberships={"mem_1": membership(ref=CODE)})) == OTHER


def test_a_refused_reference_is_no_answer_and_the_next_is_asked() -> None:
    codes = {CODE: Code(CODE, REFERRER, None), "MINE2222": Code("MINE2222", BUYER, None)}
    bought = payment(ref="MINE2222", membership_id="mem_1")
    case = case_of([bought], memberships={"mem_1": membership(ref=CODE)}, codes=codes)

    assert who(case) == REFERRER


@pytest.mark.parametrize("referrer", [BUYER, OWNER])
def test_neither_buyer_nor_owner_is_ever_credited(referrer: str) -> None:
    case = case_of([payment()], codes={CODE: Code(CODE, referrer, None)})

    assert credited(case) is None


def test_an_unknown_reference_credits_nobody() -> None:
    assert credited(case_of([payment(ref="WHATEVER")])) is None
    assert credited(case_of([payment(ref="")])) is None
    assert credited(case_of([])) is None


def test_a_payment_without_a_buyer_credits_nobody() -> None:
    assert credited(case_of([payment(buyer_id="")], buyer_id="")) is None


@pytest.mark.parametrize(("late", "is_credited"), [(-SECOND, True), (0 * SECOND, False)])
def test_a_code_is_good_until_its_end(late: timedelta, is_credited: bool) -> None:  # noqa: FBT001
    codes = {CODE: Code(CODE, REFERRER, PAID_AT - late)}
    case = case_of([payment(created_at=PAID_AT)], codes=codes)

    assert bool(credited(case)) is is_credited


def test_a_code_that_was_good_when_the_membership_began_is_good() -> None:
    codes = {CODE: Code(CODE, REFERRER, PAID_AT - DAY)}
    began = membership(created_at=PAID_AT - 2 * DAY)
    bought = payment(membership_id="mem_1")

    assert who(case_of([bought], codes=codes, memberships={"mem_1": began})) == REFERRER
    assert who(case_of([bought], codes=codes)) == ""


@pytest.mark.parametrize(
    ("age", "is_credited"),
    [(HOLD - SECOND, True), (HOLD, True), (HOLD + SECOND, False)],
)
def test_a_click_is_good_for_thirty_days(age: timedelta, is_credited: bool) -> None:  # noqa: FBT001
    clicks = {"tok_1": Click("tok_1", OTHER, PAID_AT - age)}

    assert bool(credited(case_of([payment(ref="tok_1")], clicks=clicks))) is is_credited


def test_the_earliest_claim_is_the_referral_in_any_order_of_arrival() -> None:
    silent = payment("pay_0", PAID_AT, ref="")
    first = payment("pay_1", PAID_AT + DAY)
    second = payment("pay_2", PAID_AT + 2 * DAY, ref=OTHER_CODE)

    for order in permutations([silent, first, second]):
        case = case_of(order)
        found = credited(case)
        assert found == Attribution(REFERRER, "pay_1", PAID_AT + DAY, "code")
        assert classify(case, found) == {"pay_1": "conversion", "pay_2": "renewal"}


def test_at_the_same_moment_the_smaller_id_is_earlier() -> None:
    case = case_of([payment("pay_b", ref=OTHER_CODE), payment("pay_a")])

    assert who(case) == REFERRER


@pytest.mark.parametrize(
    ("known_late", "referrer"), [(-SECOND, OTHER), (0 * SECOND, OTHER), (SECOND, REFERRER)]
)
def test_a_late_fact_moves_the_referral_until_the_hold_is_over(
    known_late: timedelta, referrer: str
) -> None:
    known_first = payment("pay_2", PAID_AT)
    late = payment("pay_1", PAID_AT - DAY, ref=OTHER_CODE, received_at=PAID_AT + HOLD + known_late)

    assert who(case_of([known_first, late])) == referrer


@pytest.mark.parametrize(("late", "referrer"), [(0 * SECOND, OTHER), (SECOND, REFERRER)])
def test_a_reference_is_as_late_as_the_body_that_brought_it(late: timedelta, referrer: str) -> None:
    first_body = payment("pay_1", PAID_AT - DAY, ref="", shape=1)
    second_body = payment(
        "pay_1",
        PAID_AT - DAY,
        ref=OTHER_CODE,
        received_at=PAID_AT + HOLD + late,
        ref_received_at=PAID_AT + HOLD + late,
    )
    known_first = payment("pay_2", PAID_AT)

    for one, other in permutations([first_body, second_body]):
        merged = merge_payment(one, other)
        assert merged.received_at == PAID_AT - DAY
        assert who(case_of([merged, known_first])) == referrer


def test_facts_of_before_the_reference_had_a_moment_carried_it_from_the_first_body_on() -> None:
    stored = payment("pay_1", PAID_AT - DAY, ref=OTHER_CODE)
    again = replace(
        stored,
        received_at=PAID_AT + 40 * DAY,
        ref_received_at=PAID_AT + 40 * DAY,
        usd_total_cents=1,
    )

    assert who(case_of([stored, payment("pay_2")])) == OTHER
    assert merge_payment(stored, again).ref_received_at == PAID_AT - DAY


def test_a_late_membership_moves_the_referral_only_in_time() -> None:
    silent = payment("pay_1", PAID_AT - DAY, ref="", membership_id="mem_1")
    known_first = payment("pay_2", PAID_AT)
    told = membership(ref=OTHER_CODE, ref_received_at=PAID_AT + HOLD)
    too_late = replace(told, ref_received_at=PAID_AT + HOLD + SECOND)

    in_time = case_of([silent, known_first], memberships={"mem_1": told})
    missed = case_of([silent, known_first], memberships={"mem_1": too_late})

    assert (who(in_time), who(missed)) == (OTHER, REFERRER)


def test_a_later_payments_claim_never_moves_a_referral() -> None:
    case = case_of([payment("pay_1"), payment("pay_2", PAID_AT + DAY, ref=OTHER_CODE)])

    assert who(case) == REFERRER


def test_zero_payments_bind_nobody() -> None:
    free = plain(0, PAID_AT - DAY, payment_id="pay_0", ref=OTHER_CODE)

    assert who(case_of([free])) == ""
    assert who(case_of([free, payment()])) == REFERRER


@pytest.mark.parametrize("reason", [CYCLE, "subscription_update"])
def test_going_on_with_anothers_membership_claims_nothing(reason: str) -> None:
    went_on = payment(billing_reason=reason, membership_id="mem_1")
    anew = replace(went_on, billing_reason="one_time")

    assert who(case_of([went_on], starters={"mem_1": OTHER})) == ""
    assert who(case_of([went_on], starters={"mem_1": BUYER})) == REFERRER
    assert who(case_of([anew], starters={"mem_1": OTHER})) == REFERRER


def test_whom_the_earliest_telling_names_began_the_membership() -> None:
    told = membership(first_user_id=OTHER)

    assert starter_of(None, BUYER, PAID_AT) == BUYER
    assert starter_of(membership(first_user_id=""), BUYER, PAID_AT) == BUYER
    assert starter_of(told, "", None) == OTHER
    assert starter_of(told, BUYER, PAID_AT) == OTHER
    assert starter_of(told, BUYER, PAID_AT - SECOND) == BUYER


def test_a_membership_told_again_later_keeps_the_moment_of_its_first_holder() -> None:
    before = membership(first_user_id=OTHER)
    after = membership(user_id=BUYER, first_user_id=BUYER, updated_at=PAID_AT + 9 * DAY)

    for told in (merge_membership(before, after), merge_membership(after, before)):
        assert told.first_user_told == PAID_AT
        assert starter_of(told, BUYER, PAID_AT + DAY) == OTHER


def test_known_buyers_are_refused_where_the_company_wants_new_ones() -> None:
    rules = Rules([(None, rules_with("attribution", new_buyers_only=True))])
    before = payment("pay_0", PAID_AT - DAY, ref="")
    free = plain(0, PAID_AT - DAY, payment_id="pay_0", ref="")

    assert who(case_of([before, payment()]), rules) == ""
    assert who(case_of([before, payment()])) == REFERRER
    assert who(case_of([free, payment()]), rules) == REFERRER


def test_an_earlier_purchase_that_shows_up_after_the_hold_undoes_nothing() -> None:
    rules = Rules([(None, rules_with("attribution", new_buyers_only=True))])
    in_time = payment("pay_0", PAID_AT - DAY, ref="", received_at=PAID_AT + HOLD)
    too_late = replace(in_time, received_at=PAID_AT + HOLD + SECOND)

    assert who(case_of([in_time, payment()]), rules) == ""
    assert who(case_of([too_late, payment()]), rules) == REFERRER


def kinds_of(case: BuyerCase) -> dict[str, str]:
    found = credited(case)
    assert found is not None
    return dict(classify(case, found))


def test_a_cycle_is_no_conversion() -> None:
    cycle = payment("pay_1", billing_reason=CYCLE, membership_id="mem_1")
    sale = payment("pay_2", PAID_AT + DAY)

    assert kinds_of(case_of([cycle])) == {"pay_1": "renewal"}
    assert kinds_of(case_of([cycle, sale])) == {"pay_1": "renewal", "pay_2": "conversion"}


@pytest.mark.parametrize(
    "began",
    [
        {"memberships": {"mem_1": membership(seen_trialing=True)}},
        {"trial_memberships": frozenset({"mem_1"})},
    ],
)
def test_the_first_cycle_after_a_trial_converts_and_the_next_does_not(
    began: dict[str, Any],
) -> None:
    first = payment("pay_1", billing_reason=CYCLE, membership_id="mem_1")
    second = payment("pay_2", PAID_AT + DAY, billing_reason=CYCLE, membership_id="mem_1")

    kinds = kinds_of(case_of([second, first], **began))

    assert kinds == {"pay_1": "conversion", "pay_2": "renewal"}


def test_a_payment_of_nothing_after_the_first_paid_one_is_no_trial() -> None:
    first = payment("pay_1", PAID_AT - DAY, membership_id="mem_1", ref="")
    cycle = payment("pay_2", billing_reason=CYCLE, membership_id="mem_1")
    free = plain(0, PAID_AT + DAY, payment_id="pay_3", membership_id="mem_1")

    assert kinds_of(case_of([cycle, free])) == {"pay_2": "renewal"}
    assert kinds_of(case_of([first, cycle, free])) == {"pay_2": "renewal"}


def test_after_a_transfer_the_others_first_payment_stays_the_first() -> None:
    cycle = payment("pay_1", billing_reason=CYCLE, membership_id="mem_1")
    case = case_of(
        [cycle],
        trial_memberships=frozenset({"mem_1"}),
        first_payments={"mem_1": "pay_0"},
    )

    assert kinds_of(case) == {"pay_1": "renewal"}


def test_an_earlier_sale_that_arrives_late_takes_the_conversion() -> None:
    later = payment("pay_2", PAID_AT + 2 * DAY)
    claimed = payment("pay_1", PAID_AT, billing_reason=CYCLE, membership_id="mem_1")
    between = payment("pay_3", PAID_AT + DAY, ref="", received_at=PAID_AT + 90 * DAY)

    assert kinds_of(case_of([claimed, later]))["pay_2"] == "conversion"
    moved = kinds_of(case_of([claimed, later, between]))
    assert moved == {"pay_1": "renewal", "pay_3": "conversion", "pay_2": "renewal"}
