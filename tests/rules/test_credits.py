"""Tied promo codes, Whop's affiliates and the creator's decisions: whom they credit, and when."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from game.rules.attribution import attribute, classify
from game.rules.effects import Attribution
from game.rules.facts import Affiliate, BuyerCase, Change, Decision
from game.rules.merging import merge_payment
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
)

HOLD = timedelta(days=30)
MICROSECOND = timedelta(microseconds=1)
PROMO = "promo_1"
EARLIER = PAID_AT - DAY


def who(case: BuyerCase) -> str:
    found = attribute(case, Rules(), OWNER)
    return f"{found.referrer_id} by {found.source}" if found else ""


@pytest.mark.parametrize(
    ("since", "referrer"),
    [
        (PAID_AT - MICROSECOND, f"{OTHER} by promo"),
        (PAID_AT, f"{OTHER} by promo"),
        (PAID_AT + MICROSECOND, ""),
    ],
)
def test_a_tie_holds_from_its_moment_on_inclusive(since: datetime, referrer: str) -> None:
    bought = payment(ref="", promo_code_id=PROMO)

    assert who(case_of([bought], ties={PROMO: [Change(since, OTHER)]})) == referrer


def test_the_newest_tie_by_then_counts_and_an_ended_one_names_nobody() -> None:
    bought = payment(ref="", promo_code_id=PROMO)
    first, second = Change(EARLIER, OTHER), Change(PAID_AT, REFERRER)

    assert who(case_of([bought], ties={PROMO: [first, second]})) == f"{REFERRER} by promo"
    assert not who(case_of([bought], ties={PROMO: [first, Change(PAID_AT, "")]}))


def test_sources_are_asked_in_the_order_of_their_weight() -> None:
    said = {
        "memberships": {"mem_1": membership(ref=OTHER_CODE)},
        "ties": {PROMO: [Change(EARLIER, "user_promo")]},
        "affiliates": {"mem_1": Affiliate("user_affiliate", PAID_AT)},
    }
    bought = payment(ref=CODE, membership_id="mem_1", promo_code_id=PROMO)

    assert who(case_of([bought], **said)) == f"{REFERRER} by code"
    bought = payment(ref="", membership_id="mem_1", promo_code_id=PROMO)
    assert who(case_of([bought], **said)) == f"{OTHER} by membership"
    assert who(case_of([bought], **said | {"memberships": {}})) == "user_promo by promo"
    bought = payment(ref="", membership_id="mem_1")
    assert who(case_of([bought], **said | {"memberships": {}})) == "user_affiliate by affiliate"


@pytest.mark.parametrize("refused", [BUYER, OWNER, ""])
def test_a_tie_to_somebody_never_credited_is_no_answer(refused: str) -> None:
    bought = payment(ref="", membership_id="mem_1", promo_code_id=PROMO)
    ties = {PROMO: [Change(EARLIER, refused)]}
    affiliates = {"mem_1": Affiliate(OTHER, PAID_AT)}

    assert who(case_of([bought], ties=ties, affiliates=affiliates)) == f"{OTHER} by affiliate"
    assert not who(case_of([bought], ties=ties, affiliates={"mem_1": Affiliate(refused, PAID_AT)}))


@pytest.mark.parametrize(
    ("late", "referrer"),
    [(HOLD, f"{REFERRER} by membership"), (HOLD + MICROSECOND, f"{OTHER} by affiliate")],
)
def test_a_weightier_source_that_comes_to_light_moves_it_only_within_the_hold(
    late: timedelta, referrer: str
) -> None:
    bought = payment(ref="", membership_id="mem_1")
    heard = membership(ref=CODE, received_at=PAID_AT + late, ref_received_at=PAID_AT + late)
    affiliates = {"mem_1": Affiliate(OTHER, PAID_AT + SECOND)}

    case = case_of([bought], memberships={"mem_1": heard}, affiliates=affiliates)

    assert who(case) == referrer


def test_a_lighter_source_never_moves_what_stands() -> None:
    bought = payment(ref=CODE, membership_id="mem_1")
    late = {"mem_1": Affiliate(OTHER, PAID_AT + SECOND)}

    assert who(case_of([bought], affiliates=late)) == f"{REFERRER} by code"


def test_a_promo_code_is_as_late_as_the_body_that_brought_it() -> None:
    silent = payment(ref="", received_at=PAID_AT)
    late = PAID_AT + HOLD + SECOND + MICROSECOND
    told = payment(
        ref="",
        promo_code_id=PROMO,
        received_at=late,
        promo_received_at=late,
        updated_at=PAID_AT + SECOND,
    )
    second = payment(payment_id="pay_2", ref=CODE, at=PAID_AT + DAY, received_at=PAID_AT + DAY)
    merged = merge_payment(silent, told)

    assert merged == merge_payment(told, silent)
    assert merged.promo_received_at == late
    ties = {PROMO: [Change(EARLIER, OTHER)]}
    assert who(case_of([merged, second], ties=ties)) == f"{OTHER} by promo"
    later = payment(payment_id="pay_2", ref=CODE, at=PAID_AT + SECOND, received_at=PAID_AT + SECOND)
    assert who(case_of([merged, later], ties=ties)) == f"{REFERRER} by code"


def test_the_creators_decision_stands_above_all_claims_whenever_it_is_made() -> None:
    late = PAID_AT + 400 * DAY
    first, second = payment(ref=CODE), payment(payment_id="pay_2", ref=CODE, at=PAID_AT + DAY)
    case = case_of([first, second], decisions=[Decision(late, OTHER, "pay_2")])

    found = attribute(case, Rules(), OWNER)

    assert found == Attribution(OTHER, "pay_2", PAID_AT + DAY, "manual")
    assert classify(case, found) == {"pay_2": "conversion"}


def test_the_newest_decision_decides_and_nobody_is_an_answer() -> None:
    decisions = [Decision(PAID_AT, OTHER, "pay_1"), Decision(PAID_AT + SECOND, "", "pay_1")]

    assert not who(case_of([payment(ref=CODE)], decisions=decisions))
    assert not who(case_of([payment(ref=CODE)], decisions=decisions[::-1]))
    assert who(case_of([payment(ref=CODE)], decisions=decisions[:1])) == f"{OTHER} by manual"


@pytest.mark.parametrize("refused", [BUYER, OWNER])
def test_no_decision_credits_the_buyer_or_the_owner(refused: str) -> None:
    assert not who(case_of([payment(ref=CODE)], decisions=[Decision(PAID_AT, refused, "pay_1")]))


def test_a_decision_about_a_payment_that_is_somebody_elses_now_says_nothing() -> None:
    case = case_of([payment(ref=CODE)], decisions=[Decision(PAID_AT, OTHER, "pay_elsewhere")])

    assert who(case) == f"{REFERRER} by code"
