"""Streaks: days in a row, one frozen day a week, and an unfinished today."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.rules.calendar_windows import Day, Zones
from game.rules.streaks import Activity, current_streak, longest, longest_run

MONDAY = date(2026, 11, 23)
ZONES = Zones()


def lived(*days: int) -> Activity:
    """Active days, counted from the Monday of the first week."""
    found = {day_of(number) for number in days}
    return Activity(found, min(found, default=None))


def day_of(number: int) -> Day:
    return Day(MONDAY + timedelta(days=number))


def noon_of(number: int) -> datetime:
    noon = datetime(MONDAY.year, MONDAY.month, MONDAY.day, 12, tzinfo=UTC)
    return noon + timedelta(days=number)


@pytest.mark.parametrize(
    ("days", "around", "run"),
    [
        ((), 0, 0),
        ((1, 2), 0, 0),
        ((0,), 0, 1),
        ((0, 2, 3), 0, 3),  # Tuesday is frozen
        ((0, 2, 4), 4, 1),  # Tuesday took the week's freeze, so Thursday breaks it
        ((0, 2, 4), 0, 2),
        ((0, 2, 3, 4, 5, 6, 8), 8, 7),  # a frozen day in each of two weeks
        ((0, 1, 2, 3, 4, 5, 8), 8, 7),  # Sunday and Monday: each the first of its week
        ((0, 1, 2, 3, 4, 5, 9), 9, 1),  # Tuesday is Monday's second
        ((3, 5), 5, 2),  # days before the first active one use up no freeze
        ((2, 3, 5, 6, 7), 2, 5),
    ],
)
def test_a_streak_counts_active_days_over_one_frozen_day_a_week(
    days: tuple[int, ...], around: int, run: int
) -> None:
    assert longest_run(lived(*days), day_of(around), ZONES) == run


@pytest.mark.parametrize(
    ("days", "today", "expected"),
    [
        # days, done today, freeze there, may end tonight
        ((), 3, (0, False, False, False)),
        ((3,), 3, (1, True, True, False)),
        ((2,), 3, (1, False, True, False)),  # an unfinished today would be frozen
        ((1, 2), 4, (2, False, False, True)),  # Thursday was frozen, Friday is unfinished
        ((1, 2), 5, (0, False, False, False)),  # Friday broke it
        ((0, 2), 2, (2, True, False, False)),
        ((3, 4, 5, 6), 7, (4, False, True, False)),  # Monday brings a new freeze
        ((3, 4, 6), 7, (3, False, True, False)),
        ((3, 4, 6), 8, (3, False, False, True)),
        ((3, 4, 6), 9, (0, False, False, False)),
    ],
)
def test_the_present_streak_says_whether_today_is_needed(
    days: tuple[int, ...], today: int, expected: tuple[int, bool, bool, bool]
) -> None:
    streak = current_streak(lived(*days), 0, noon_of(today), ZONES)

    may_end = streak.ends_at is not None
    assert (streak.days, streak.is_done, streak.has_freeze, may_end) == expected


@pytest.mark.parametrize(("later", "left"), [(-1, 2), (0, 0), (1, 0)])
def test_a_streak_ends_with_the_second_inactive_day_to_the_microsecond(
    later: int, left: int
) -> None:
    streak = current_streak(lived(1, 2), 2, noon_of(4), ZONES)
    assert streak.ends_at == datetime(2026, 11, 28, tzinfo=UTC)

    moment = streak.ends_at + timedelta(microseconds=later)

    assert current_streak(lived(1, 2), 2, moment, ZONES).days == left


def test_weeks_begin_where_the_company_lives() -> None:
    auckland = Zones([(None, "Pacific/Auckland")])
    activity = lived(5, 7, 8)  # Sunday frozen

    streak = current_streak(activity, 0, datetime(2026, 12, 1, 10, 59, tzinfo=UTC), auckland)
    after = current_streak(activity, 0, datetime(2026, 12, 1, 11, tzinfo=UTC), auckland)

    assert (streak.days, streak.is_done) == (3, True)
    assert (after.days, after.is_done, after.has_freeze) == (3, False, True)


@given(st.sets(st.integers(0, 60), max_size=45))
def test_no_streak_is_longer_than_the_longest_and_one_is_as_long(numbers: set[int]) -> None:
    activity = lived(*numbers)

    runs = [longest_run(activity, day, ZONES) for day in activity.days]

    assert longest(activity, ZONES) == max(runs, default=0) == by_hand(numbers)


@given(st.sets(st.integers(0, 40), min_size=1, max_size=40), st.integers(0, 41))
def test_another_active_day_lengthens_only_the_streak_through_it(
    numbers: set[int], added: int
) -> None:
    grown = lived(*numbers, added)
    if added < min(numbers):
        return  # an earlier first day may take a later freeze away

    most = max(longest(lived(*numbers), ZONES), longest_run(grown, day_of(added), ZONES))

    assert longest(grown, ZONES) == most


def by_hand(numbers: set[int]) -> int:
    """The same by going through the days one by one, week by week."""
    best = run = 0
    frozen_week = -1
    for number in range(min(numbers, default=0), max(numbers, default=-1) + 1):
        if number in numbers:
            run += 1
        elif frozen_week != number // 7:
            frozen_week = number // 7
        else:
            run = 0
        best = max(best, run)
    return best
