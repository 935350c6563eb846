"""`legends verify` stays silent over a company's days, whatever honest things happen in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from game.services.progress.acts import choose_class, claim_quest, record_visit
from game.services.quests import windows
from game.services.scheduled import quest_closing
from models.base import Json
from models.session import WORKER, transaction
from tests.support.settling import COMPANY, differences
from tests.support.telling import dispute, lesson, pay, referrer, refund, rows, settle

pytestmark = pytest.mark.usefixtures("settings")

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # a Tuesday
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
CODE = "ABCD2345"


def test_weeks_of_quests_claims_and_grants_are_no_difference() -> None:
    member = referrer(CODE, NOON)
    for number in range(12):
        now = NOON + number * DAY
        _assign(now)
        record_visit(COMPANY, member, now)
        pay(f"pay_{number}", f"user_{number // 2}", now, ref=CODE)
        lesson("user_abcd2345", f"lesn_{number}", now)
        settle(now + 2 * SECOND)
        if number % 2:
            _claim_one(member, now + 3 * SECOND)
        _close(now + 4 * SECOND)

        assert differences(now + 5 * SECOND) == []

    granted = "SELECT count(*) > 3 FROM quest WHERE state = 'claimed' AND closed_at IS NOT NULL"
    assert rows(granted) == [(True,)]


def test_window_of_a_week_in_which_the_time_zone_changed_is_the_one_it_was_given_with() -> None:
    member = referrer(CODE, NOON)
    record_visit(COMPANY, member, NOON)
    _move_to("Pacific/Auckland", NOON + SECOND)
    for number in range(1, 9):
        record_visit(COMPANY, member, NOON + number * DAY)

    assert differences(NOON + 9 * DAY) == []
    assert rows("SELECT count(DISTINCT ends_at::time) FROM quest") == [(2,)]


def test_class_chosen_within_the_second_of_a_reward_is_no_difference() -> None:
    member = referrer(CODE, NOON)
    record_visit(COMPANY, member, NOON)
    pay("pay_1", "user_1", NOON, ref=CODE)
    settle(NOON + SECOND)
    _claim_one(member, NOON + SECOND + SECOND / 4)

    choose_class(COMPANY, member, "scout", NOON + SECOND + SECOND / 2)
    settle(NOON + 2 * SECOND)

    assert differences(NOON + 3 * SECOND) == []


def test_held_released_and_taken_back_payments_are_no_difference() -> None:
    referrer(CODE, NOON)
    pay("pay_1", "user_1", NOON, ref=CODE)
    pay("pay_2", "user_1", NOON + SECOND, ref=CODE)
    settle(NOON + 2 * SECOND)
    for at, status in ((DAY, "needs_response"), (2 * DAY, "won"), (3 * DAY, "lost")):
        dispute("pay_1", status, NOON + at)
        settle(NOON + at)
        assert differences(NOON + at) == []
    refund("pay_2", "10.00", NOON + 4 * DAY)
    settle(NOON + 4 * DAY)
    refund("pay_2", "36.56", NOON + 5 * DAY, "rf_2")
    settle(NOON + 5 * DAY)

    assert differences(NOON + 5 * DAY) == []


def _assign(now: datetime) -> None:
    progress: Json | None = {}
    while progress is not None:
        progress = windows.assign_step(progress, now, now)


def _close(now: datetime) -> None:
    progress: Json | None = {}
    while progress is not None:
        progress = quest_closing.close_step(progress, now, now)


def _claim_one(member: int, now: datetime) -> None:
    [(quest,)] = rows(
        "SELECT min(id) FROM quest WHERE member_id = %s AND state = 'completed'", member
    )
    if quest is not None:
        claim_quest(COMPANY, member, quest, now)


def _move_to(zone: str, at: datetime) -> None:
    with transaction(WORKER) as tx:
        tx.run(
            "INSERT INTO company_fact (company_id, kind, key, at, value) "
            "VALUES (%s, 'time_zone', '1', %s, %s)",
            (COMPANY, at, zone),
        )
