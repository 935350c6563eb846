"""Merging is commutative, associative and idempotent, and decides as the rule book says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import reduce
from itertools import permutations
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from game.rules import merging
from game.rules.facts import Dispute, Lesson, Membership, Payment, Refund
from tests.rules import making as reference
from tests.rules import strategies as draw

T = TypeVar("T")
SECOND = timedelta(seconds=1)


def assert_order_is_nothing(merge: Callable[[T, T], T], tellings: list[T]) -> None:
    """Merge in every order, with every telling twice and in pairs: always the same fact."""
    wanted = reduce(merge, tellings)
    for order in permutations(tellings):
        assert reduce(merge, order) == wanted
        assert reduce(merge, [*order, *order]) == wanted
    first, *others = tellings
    if others:
        assert merge(first, reduce(merge, others)) == wanted


@settings(max_examples=150, deadline=None)
@given(st.lists(draw.payments(), min_size=1, max_size=4))
def test_payments_merge_the_same_in_any_order(tellings: list[Payment]) -> None:
    assert_order_is_nothing(merging.merge_payment, tellings)


@settings(max_examples=100, deadline=None)
@given(st.lists(draw.memberships(), min_size=1, max_size=4))
def test_memberships_merge_the_same_in_any_order(tellings: list[Membership]) -> None:
    assert_order_is_nothing(merging.merge_membership, tellings)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(draw.refunds(), min_size=1, max_size=4),
    st.lists(draw.disputes(), min_size=1, max_size=4),
    st.lists(draw.lessons(), min_size=1, max_size=4),
)
def test_refunds_disputes_and_lessons_merge_the_same_in_any_order(
    refunds: list[Refund], disputes: list[Dispute], lessons: list[Lesson]
) -> None:
    assert_order_is_nothing(merging.merge_refund, refunds)
    assert_order_is_nothing(merging.merge_dispute, disputes)
    assert_order_is_nothing(merging.merge_lesson, lessons)


BASE = replace(
    reference.payment(),
    updated_at=draw.START,
    received_at=draw.START,
    ref_received_at=draw.START,
    usd_total_cents=None,
)
NEWER = replace(BASE, updated_at=draw.START + SECOND)


def test_the_newer_body_decides() -> None:
    changed = replace(NEWER, total_minor=9900, tax_minor=0)

    assert merging.merge_payment(BASE, changed) == changed
    assert merging.merge_payment(changed, BASE) == changed


def test_the_newer_shape_decides_before_the_newer_time() -> None:
    nested = replace(NEWER, shape=1, total_minor=9900)

    merged = merging.merge_payment(nested, BASE)

    assert (merged.total_minor, merged.shape, merged.updated_at) == (4656, 2, BASE.updated_at)


def test_a_silent_body_never_takes_a_value_away() -> None:
    silent = replace(
        NEWER, buyer_id="", ref="", tax_minor=0, usd_total_cents=None, told=(("tax_minor", 0, 0),)
    )
    spoken = replace(BASE, usd_total_cents=4656)

    merged = merging.merge_payment(silent, spoken)

    assert (merged.buyer_id, merged.ref) == (BASE.buyer_id, BASE.ref)
    assert (merged.tax_minor, merged.usd_total_cents) == (246, 4656)
    assert merged.updated_at == NEWER.updated_at


def test_a_zero_that_was_said_does_take_a_value_away() -> None:
    merged = merging.merge_payment(BASE, replace(NEWER, tax_minor=0))

    assert merged.tax_minor == 0


def test_a_third_body_still_knows_which_value_is_the_elder() -> None:
    silent = replace(BASE, updated_at=draw.START + 3 * SECOND)
    old = replace(BASE, usd_total_cents=1)
    young = replace(NEWER, usd_total_cents=2)

    first_old = merging.merge_payment(merging.merge_payment(silent, old), young)
    first_young = merging.merge_payment(merging.merge_payment(silent, young), old)

    assert first_old == first_young
    assert first_old.usd_total_cents == 2


def test_the_payment_was_received_when_its_first_body_was() -> None:
    late = replace(NEWER, received_at=draw.START + 9 * SECOND)

    assert merging.merge_payment(late, BASE).received_at == draw.START
    assert merging.merge_payment(BASE, late).received_at == draw.START


def test_a_refund_that_succeeded_stays_so() -> None:
    succeeded = reference.refund(2000)
    failed = replace(
        succeeded, status="failed", succeeded=False, updated_at=succeeded.updated_at + SECOND
    )

    assert merging.merge_refund(failed, succeeded) == succeeded
    assert merging.merge_refund(succeeded, failed) == succeeded


def test_the_newer_telling_of_a_dispute_decides() -> None:
    lost = reference.dispute("lost")
    won = replace(lost, status="won", updated_at=lost.updated_at + SECOND)

    assert merging.merge_dispute(won, lost) == won
    assert merging.merge_dispute(lost, won) == won


@pytest.mark.parametrize(
    ("stronger", "weaker"),
    [
        ("lost", "won"),
        ("prevented", "closed"),
        ("won", "under_review"),
        ("closed", "needs_response"),
        ("lost", "never_heard_of"),
    ],
)
def test_a_tie_of_disputes_goes_to_the_more_final(stronger: str, weaker: str) -> None:
    one, two = reference.dispute(stronger), reference.dispute(weaker)

    assert merging.merge_dispute(one, two) == merging.merge_dispute(two, one) == one


def test_a_membership_remembers_its_beginning() -> None:
    trial = reference.membership(status="trialing", seen_trialing=True, ref="CODE")
    handed_over = reference.membership(
        user_id="user_other",
        first_user_id="user_other",
        ref="LATER",
        updated_at=trial.updated_at + SECOND,
        received_at=trial.received_at - SECOND,
    )

    merged = merging.merge_membership(handed_over, trial)

    assert (merged.user_id, merged.status) == ("user_other", "active")
    assert (merged.first_user_id, merged.ref, merged.seen_trialing) == (
        trial.user_id,
        "CODE",
        True,
    )
    assert merged.received_at == handed_over.received_at
    assert merged == merging.merge_membership(trial, handed_over)


def test_a_lesson_counts_at_its_earliest_completion() -> None:
    first = Lesson("lesn_1", "user_a", "ann", draw.START)
    again = replace(first, at=draw.START + SECOND)

    assert merging.merge_lesson(again, first) == merging.merge_lesson(first, again) == first
