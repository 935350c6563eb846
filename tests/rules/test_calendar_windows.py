"""Local days, weeks and months as half-open stretches of UTC, through every clock change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from game.rules.calendar_windows import KINDS, Day, Kind, Zones
from game.rules.streaks import Activity, longest_run

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
MOMENT = timedelta(microseconds=1)


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
    ],
)
def test_a_day_is_as_long_as_it_is(zone: str, day: date, starts_at: datetime, hours: int) -> None:
    zones = Zones([(None, zone)])

    window = zones.window("daily", starts_at)

    assert zones.starts(Day(day)) == starts_at
    assert (window.starts_at, window.ends_at - window.starts_at) == (starts_at, hours * HOUR)
    assert zones.day(window.starts_at - SECOND) < Day(day)
    assert zones.day(window.starts_at) == zones.stretch(window.starts_at) == Day(day)
    assert zones.day(window.ends_at - SECOND) == Day(day)
    assert zones.day(window.ends_at) > Day(day)


def test_a_day_that_never_was_breaks_no_row() -> None:
    zones = Zones([(None, "Pacific/Apia")])

    assert zones.after(Day(date(2011, 12, 29))) == Day(date(2011, 12, 31))
    assert zones.before(Day(date(2011, 12, 31))) == Day(date(2011, 12, 29))
    assert zones.starts(Day(date(2011, 12, 30))) == zones.starts(Day(date(2011, 12, 31)))


def test_weeks_begin_on_monday_and_months_on_the_first() -> None:
    zones = Zones([(None, "Europe/Berlin")])
    moment = utc(2026, 10, 25, 12)

    week, month = zones.window("weekly", moment), zones.window("monthly", moment)

    assert (week.first_day, week.last_day) == (date(2026, 10, 19), date(2026, 10, 25))
    assert week.ends_at - week.starts_at == 7 * DAY + HOUR
    assert (month.first_day, month.last_day) == (date(2026, 10, 1), date(2026, 10, 31))
    assert (month.starts_at, month.ends_at) == (utc(2026, 9, 30, 22), utc(2026, 10, 31, 23))
    assert zones.window("monthly", utc(2026, 12, 9)).last_day == date(2026, 12, 31)


ZONES = [
    "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati",
    "Pacific/Pago_Pago", "Etc/GMT+12",
]  # fmt: skip
BEGIN = utc(2026, 3, 15)
Moves = list[tuple[int, str]]
moves = st.lists(st.tuples(st.integers(0, 24 * 20), st.sampled_from(ZONES)), max_size=4)


def is_boundary(kind: Kind, moment: datetime, zone: str) -> bool:
    local = moment.astimezone(ZoneInfo(zone))
    is_midnight = (local.hour, local.minute) == (0, 0)
    return is_midnight and (
        kind == "daily"
        or (kind == "weekly" and local.weekday() == 0)
        or (kind == "monthly" and local.day == 1)
    )


def boundary_from(kind: Kind, moment: datetime, zone: str) -> datetime:
    while not is_boundary(kind, moment, zone):
        moment += HOUR / 2
    return moment


def walked(kind: Kind, first: str, changes: list[tuple[datetime, str]]) -> list[datetime]:
    """Where windows end, as the rule book says it: half an hour after half an hour."""
    zone, start, ends = first, boundary_from(kind, BEGIN - 40 * DAY, first), []
    waiting = sorted(changes)
    while start < BEGIN + 60 * DAY:
        end = boundary_from(kind, start + HOUR / 2, zone)
        while waiting and waiting[0][0] < end:
            zone = waiting.pop(0)[1]
            end = boundary_from(kind, end, zone)
        ends.append(end)
        start = end
    return ends


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ZONES), moves, st.lists(st.integers(0, 24 * 60), min_size=5, max_size=5))
def test_windows_run_on_to_the_first_boundary_of_the_new_zone(
    first: str, moved: Moves, minutes: list[int]
) -> None:
    # Two changes of one moment would leave open which came last.
    changes = [(BEGIN + hours * HOUR, name) for hours, name in dict(moved).items()]
    zones = Zones([(None, first), *changes])

    for kind in KINDS:
        ends = walked(kind, first, changes)
        for number in minutes:
            moment = BEGIN - 2 * DAY + number * HOUR
            window = zones.window(kind, moment)
            later = [end for end in ends if end > moment]
            assert window.ends_at == later[0]
            assert window.starts_at <= moment
            assert zones.window(kind, window.ends_at).starts_at == window.ends_at


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ZONES), moves, st.integers(0, 24 * 40))
def test_each_moment_lies_in_its_own_day_and_no_window_ends_within_a_stretch(
    first: str, moved: Moves, hour: int
) -> None:
    changes = [(BEGIN + hours * HOUR, name) for hours, name in dict(moved).items()]
    zones = Zones([(None, first), *changes])
    moment = BEGIN + hour * HOUR

    day, stretch = zones.day(moment), zones.stretch(moment)
    window = zones.window("daily", moment)

    assert (window.first, zones.starts(day)) == (day, window.starts_at)
    assert zones.day_of(stretch) == day <= stretch
    assert zones.day(window.ends_at - MOMENT) == day
    assert zones.after(day) == zones.day(window.ends_at) > day
    assert zones.before(zones.after(day)) == day
    assert window.starts_at <= zones.starts(stretch) <= moment
    assert zones.stretch(zones.starts(stretch)) == stretch
    assert zones.stretch(moment + HOUR) >= stretch
    for known in range(len(changes)):
        at = sorted(changes)[known][0]
        earlier = Zones([(None, first), *sorted(changes)[:known]])
        for kind in KINDS:
            end = earlier.window(kind, at).ends_at
            assert not zones.starts(stretch) < end <= moment


def test_a_new_zone_holds_from_its_first_midnight_after_the_open_day() -> None:
    chosen = utc(2026, 6, 10, 12)
    zones = Zones([(None, "UTC"), (chosen, "America/New_York")])

    assert zones.window("daily", chosen).ends_at == utc(2026, 6, 11, 4)
    assert zones.day(utc(2026, 6, 11, 3)) == Day(date(2026, 6, 10))
    assert zones.stretch(utc(2026, 6, 11, 3)) == Day(date(2026, 6, 10), 1)
    assert zones.starts(Day(date(2026, 6, 11))) == utc(2026, 6, 11, 4)


def test_a_zone_changed_again_in_one_day_lets_the_day_run_on_once_more() -> None:
    noon = utc(2026, 6, 10, 12)
    zones = Zones([(None, "UTC"), (noon, "Asia/Tokyo"), (noon + HOUR, "America/New_York")])

    assert zones.window("daily", noon).ends_at == utc(2026, 6, 12, 4)
    assert zones.day(utc(2026, 6, 12, 3)) == Day(date(2026, 6, 10))


def test_a_zone_chosen_at_midnight_finds_the_new_day_open() -> None:
    zones = Zones([(None, "UTC"), (utc(2026, 6, 11), "Asia/Tokyo")])

    assert zones.window("daily", utc(2026, 6, 11)).ends_at == utc(2026, 6, 12, 15)


def test_a_zone_that_is_chosen_again_moves_nothing() -> None:
    zones = Zones([(None, "Asia/Tokyo"), (utc(2026, 6, 10, 3), "Asia/Tokyo")])
    plain = Zones([(None, "Asia/Tokyo")])

    for hour in range(100):
        moment = utc(2026, 6, 9) + hour * HOUR
        assert zones.stretch(moment) == plain.stretch(moment)
        for kind in KINDS:
            assert zones.window(kind, moment) == plain.window(kind, moment)


def test_from_the_first_to_the_last_zone_a_date_is_lived_twice_and_never_backwards() -> None:
    chosen = utc(2026, 11, 28, 20)  # the 29th in Kiritimati, 14 hours ahead
    zones = Zones([(None, "Pacific/Kiritimati"), (chosen, "Pacific/Pago_Pago")])
    twenty_ninth, again, thirtieth = (
        Day(date(2026, 11, 29)), Day(date(2026, 11, 29), 2), Day(date(2026, 11, 30))
    )  # fmt: skip

    hours = [zones.day(utc(2026, 11, 28) + n * HOUR) for n in range(96)]

    assert list(dict.fromkeys(hours)) == [
        Day(date(2026, 11, 28)), twenty_ninth, again, thirtieth, Day(date(2026, 12, 1))
    ]  # fmt: skip
    assert hours == sorted(hours)
    assert [hours.count(day) for day in (twenty_ninth, again, thirtieth)] == [25, 24, 24]
    assert zones.stretch(utc(2026, 11, 29, 10)) == Day(date(2026, 11, 29), 1)
    every_day = {twenty_ninth, again, thirtieth}
    assert longest_run(Activity(every_day, twenty_ninth), again, zones) == 3
    # The second 29th is a day of its own: the one its week freezes.
    without = Activity(every_day - {again}, twenty_ninth)
    assert longest_run(without, thirtieth, zones) == 2
    assert without.is_frozen(again, zones)
    assert (str(again), f"{twenty_ninth}") == ("2026-11-29.2", "2026-11-29")


def test_dates_that_are_skipped_break_no_row_of_days() -> None:
    chosen = utc(2026, 11, 29, 20)  # the 29th in Pago Pago
    zones = Zones([(None, "Pacific/Pago_Pago"), (chosen, "Pacific/Kiritimati")])
    days = list(dict.fromkeys(zones.day(utc(2026, 11, 28, 12) + n * HOUR) for n in range(120)))

    assert [day.date.day for day in days] == [28, 29, 2, 3, 4]
    assert longest_run(Activity(set(days), days[0]), days[1], zones) == 5
