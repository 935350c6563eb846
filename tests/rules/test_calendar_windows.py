"""Local days, weeks and months as half-open stretches of UTC, through every clock change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.rules.calendar_windows import Zones

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("zone", "day", "starts_at", "hours"),
    [
        ("UTC", date(2026, 11, 2), utc(2026, 11, 2), 24),
        ("Europe/Berlin", date(2026, 3, 29), utc(2026, 3, 28, 23), 23),
        ("Europe/Berlin", date(2026, 10, 25), utc(2026, 10, 24, 22), 25),
        ("America/New_York", date(2026, 11, 1), utc(2026, 11, 1, 4), 25),
        ("Asia/Kolkata", date(2026, 1, 1), utc(2025, 12, 31, 18, 30), 24),
        # Midnight itself is skipped, then happens twice.
        ("America/Havana", date(2026, 3, 8), utc(2026, 3, 8, 5), 23),
        ("America/Havana", date(2026, 11, 1), utc(2026, 11, 1, 4), 25),
        # A day that never was.
        ("Pacific/Apia", date(2011, 12, 30), utc(2011, 12, 30, 10), 0),
    ],
)
def test_a_day_is_as_long_as_it_is(zone: str, day: date, starts_at: datetime, hours: int) -> None:
    zones = Zones([(None, zone)])

    window = zones.daily(day)

    assert (window.starts_at, window.ends_at - window.starts_at) == (starts_at, hours * HOUR)
    if hours:
        assert zones.day(window.starts_at - SECOND) < day
        assert zones.day(window.starts_at) == day
        assert zones.day(window.ends_at - SECOND) == day
        assert zones.day(window.ends_at) > day


def test_weeks_begin_on_monday_and_months_on_the_first() -> None:
    zones = Zones([(None, "Europe/Berlin")])

    week, month = zones.weekly(date(2026, 10, 25)), zones.monthly(date(2026, 10, 25))

    assert (week.first_day, week.last_day) == (date(2026, 10, 19), date(2026, 10, 25))
    assert week.ends_at - week.starts_at == 7 * DAY + HOUR
    assert (month.first_day, month.last_day) == (date(2026, 10, 1), date(2026, 10, 31))
    assert (month.starts_at, month.ends_at) == (utc(2026, 9, 30, 22), utc(2026, 10, 31, 23))
    assert zones.monthly(date(2026, 12, 31)).last_day == date(2026, 12, 31)


ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Etc/GMT+12"]


@given(
    st.sampled_from(ZONES),
    st.lists(st.tuples(st.integers(0, 24 * 20), st.sampled_from(ZONES)), max_size=3),
    st.integers(0, 24 * 30),
)
def test_days_follow_each_other_without_gap_through_changes_of_zone(
    first: str, moves: list[tuple[int, str]], hour: int
) -> None:
    begin = utc(2026, 3, 15)
    zones = Zones([(None, first), *((begin + hours * HOUR, name) for hours, name in moves)])
    moment = begin + hour * HOUR

    day = zones.day(moment)
    window = zones.daily(day)

    assert window.starts_at <= moment < window.ends_at
    assert zones.daily(day + DAY).starts_at == window.ends_at
    assert zones.day(moment + HOUR) >= day


def test_a_new_zone_holds_from_the_next_local_midnight() -> None:
    chosen = utc(2026, 6, 10, 12)
    zones = Zones([(None, "UTC"), (chosen, "America/New_York")])

    assert zones.daily(date(2026, 6, 10)).ends_at == utc(2026, 6, 11, 4)
    assert zones.day(utc(2026, 6, 10, 23)) == date(2026, 6, 10)
    assert zones.day(utc(2026, 6, 11, 3)) == date(2026, 6, 10)
    assert zones.daily(date(2026, 6, 11)).starts_at == utc(2026, 6, 11, 4)


def test_a_zone_changed_again_on_the_same_day_never_held() -> None:
    noon = utc(2026, 6, 10, 12)
    zones = Zones([(None, "UTC"), (noon, "Asia/Tokyo"), (noon + HOUR, "America/New_York")])

    assert zones.daily(date(2026, 6, 11)).starts_at == utc(2026, 6, 11, 4)


def test_a_zone_chosen_at_midnight_holds_at_once() -> None:
    zones = Zones([(None, "UTC"), (utc(2026, 6, 11), "Asia/Tokyo")])

    assert zones.day(utc(2026, 6, 11, 15)) == date(2026, 6, 12)
