"""Merging is commutative, associative and idempotent, and decides as the rule book says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import reduce
from itertools import permutations
from typing import TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from game.rules import merging
from game.rules.facts import Dispute, Lesson, Membership, Payment, Refund
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
