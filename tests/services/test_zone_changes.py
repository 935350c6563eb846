"""A company that changes its time zone: each fact counts for the windows that hold its moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from game.services.progress.acts import record_visit
from game.services.quests import windows
from game.services.referrals.links import Target, record_click
from models.base import Json
from models.session import WORKER, transaction
from tests.rules.making import iso
from tests.support.settling import COMPANY, differences
from tests.support.telling import (
    as_owner,
    lesson,
    pay,
    payment_data,
    referrer,
    rows,
    settle,
    tell,
)

pytestmark = pytest.mark.usefixtures("settings")

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CODE = "ABCD2345"
TWENTY_NINTH = datetime(2026, 9, 29, tzinfo=UTC)  # a Tuesday
PROGRESS = (
    "SELECT progress FROM quest WHERE target_type = 'referrals' AND time_window = %s "
    "AND starts_at = %s"
)


def move_to(zone: str, at: datetime) -> None:
    with transaction(WORKER) as tx:
        tx.run(
            "INSERT INTO company_fact (company_id, kind, key, at, value) "
            "VALUES (%s, 'time_zone', %s, %s, %s)",
            (COMPANY, at.isoformat(), at, zone),
        )


def assign(now: datetime) -> None:
    progress: Json | None = {}
    while progress is not None:
        progress = windows.assign_step(progress, now, now)


def only_referrals() -> None:
    """Let every quest count referrals, and ask for more than a test makes."""
    as_owner(
        "UPDATE quest SET target_type = 'referrals', target = 50, baseline = 0, progress = 0, "
        "state = 'assigned', completed_at = NULL"
    )


@pytest.mark.parametrize(
    ("paid_at", "counts"),
    [
        (TWENTY_NINTH - SECOND, 0),
        (TWENTY_NINTH, 1),
        (TWENTY_NINTH + DAY - SECOND, 1),
        (TWENTY_NINTH + DAY, 0),
        (TWENTY_NINTH + DAY + 3 * HOUR, 0),
    ],
)
@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Auckland"])
def test_payment_counts_for_a_quest_whose_window_holds_its_moment(
    zone: str, paid_at: datetime, counts: int
) -> None:
    member = referrer(CODE, TWENTY_NINTH)
    record_visit(COMPANY, member, TWENTY_NINTH + HOUR)
    only_referrals()
    move_to(zone, TWENTY_NINTH + 12 * HOUR)

    pay("pay_1", "user_b", paid_at, ref=CODE)
    settle(TWENTY_NINTH + 2 * DAY)

    assert set(rows(PROGRESS, "daily", TWENTY_NINTH)) == {(counts,)}


@pytest.mark.parametrize(("late", "counts"), [(-SECOND, 1), (timedelta(0), 0)])
@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Auckland"])
def test_week_that_was_given_before_the_change_ends_where_it_was_said_to(
    zone: str, late: timedelta, counts: int
) -> None:
    monday = TWENTY_NINTH - DAY
    member = referrer(CODE, TWENTY_NINTH)
    record_visit(COMPANY, member, TWENTY_NINTH + HOUR)
    only_referrals()
    move_to(zone, TWENTY_NINTH + 12 * HOUR)

    paid_at = monday + 7 * DAY + late
    pay("pay_1", "user_b", paid_at, ref=CODE)
    pay("pay_2", "user_c", paid_at + 10 * HOUR, ref=CODE)
    settle(paid_at + DAY)

    assert set(rows(PROGRESS, "weekly", monday)) == {(counts,)}


def test_date_lived_twice_has_two_days_of_quests_visits_clicks_and_streak() -> None:
    start = TWENTY_NINTH - 14 * HOUR  # the 29th begins in Kiritimati
    as_moved = start + 10 * HOUR
    member = referrer(CODE, start)
    move_to("Pacific/Kiritimati", start - 300 * DAY)
    target = Target(CODE, COMPANY, member, None, "https://example.com")
    again = datetime(2026, 9, 29, 11, tzinfo=UTC)  # the 29th begins in Pago Pago
    moments = [start + HOUR, again - HOUR / 2, again, again + DAY]
    for number, now in enumerate(moments):
        if number == 1:
            move_to("Pacific/Pago_Pago", as_moved)
        assign(now)
        assert record_visit(COMPANY, member, now) == (number != 1)
        record_click(target, "visitor", f"token_{number}", now)
        pay(f"pay_{number}", f"user_{number}", now, ref=CODE)
        lesson("user_abcd2345", f"lesn_{number}", now)
        settle(now + SECOND)

    dailies = "SELECT DISTINCT starts_at FROM quest WHERE time_window = 'daily' ORDER BY 1"
    assert rows(dailies) == [(start,), (again,), (again + DAY,)]
    days = "SELECT day::text, part, visits, clicks, conversions, lessons FROM member_day ORDER BY 1"
    assert rows(days + ", 2") == [
        ("2026-09-29", 0, 1, 1, 1, 1),
        ("2026-09-29", 1, 0, 0, 1, 1),
        ("2026-09-29", 2, 1, 1, 1, 1),
        ("2026-09-30", 0, 1, 1, 1, 1),
    ]
    assert rows("SELECT best_streak, clicks FROM member") == [(3, 3)]
    assert differences(moments[-1] + HOUR) == []


def test_renewals_of_one_long_day_open_it_once() -> None:
    referrer(CODE, TWENTY_NINTH)
    move_to("America/Los_Angeles", TWENTY_NINTH + HOUR)
    pay("pay_0", "user_b", TWENTY_NINTH - 5 * DAY, ref=CODE)
    for number, at in enumerate((TWENTY_NINTH, TWENTY_NINTH + DAY, TWENTY_NINTH + 32 * HOUR), 1):
        pay(f"pay_{number}", "user_b", at, ref=CODE)
    settle(TWENTY_NINTH + 3 * DAY)

    points = "SELECT points FROM payment_effect ORDER BY payment_id"
    assert rows(points) == [(188,), (54,), (44,), (54,)]
    assert differences(TWENTY_NINTH + 3 * DAY) == []


def test_payment_that_moves_leaves_the_stretch_it_was_counted_in() -> None:
    member = referrer(CODE, TWENTY_NINTH)
    record_visit(COMPANY, member, TWENTY_NINTH + HOUR)
    move_to("America/Los_Angeles", TWENTY_NINTH + 12 * HOUR)
    tail = TWENTY_NINTH + DAY + 3 * HOUR
    pay("pay_1", "user_b", tail, ref=CODE)
    settle(tail + HOUR)
    counted = "SELECT day::text, part FROM member_day WHERE conversions > 0"
    before = rows(counted)

    data = payment_data("pay_1", "user_b", tail + DAY, ref=CODE) | {"created_at": iso(tail)}
    tell("payment.succeeded", data, tail + 2 * DAY)
    settle(tail + 2 * DAY)

    assert before == [("2026-09-29", 1)]
    # Cut as well: a month by the zone before would have ended within that day.
    assert rows(counted) == [("2026-09-30", 1)]
    assert differences(tail + 2 * DAY) == []


def test_days_written_before_stretches_had_a_beginning_still_count() -> None:
    member = referrer(CODE, TWENTY_NINTH)
    record_visit(COMPANY, member, TWENTY_NINTH + HOUR)
    only_referrals()
    pay("pay_1", "user_b", TWENTY_NINTH + 2 * HOUR, ref=CODE)
    settle(TWENTY_NINTH + 3 * HOUR)
    as_owner("UPDATE member_day SET starts_at = NULL; UPDATE quest SET progress = 0")

    pay("pay_2", "user_b", TWENTY_NINTH + 4 * HOUR, ref=CODE)
    settle(TWENTY_NINTH + 5 * HOUR)

    assert set(rows(PROGRESS, "daily", TWENTY_NINTH)) == {(1,)}
    assert rows("SELECT starts_at FROM member_day WHERE conversions > 0") == [(TWENTY_NINTH,)]


@pytest.mark.parametrize("starts_at", ["starts_at + interval '1 day'", "'2026-01-01'"])
def test_verify_sees_a_stretch_that_claims_another_beginning(starts_at: str) -> None:
    member = referrer(CODE, TWENTY_NINTH)
    record_visit(COMPANY, member, TWENTY_NINTH + HOUR)

    as_owner(f"UPDATE member_day SET starts_at = {starts_at}")

    found = differences(TWENTY_NINTH + 2 * HOUR)
    assert any("member_day.starts_at" in one for one in found)
