"""Streaks as they stand in the books: frozen days, late facts, moved ones, what a close grants."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from game.services.members.profile import read_member
from game.services.progress.acts import claim_quest, record_visit
from game.services.scheduled import quest_closing, streak_reading
from models.base import Json
from models.session import MEMBER, transaction
from tests.support.settling import COMPANY, differences
from tests.support.telling import SECOND, as_owner, pay, referrer, rows, settle

pytestmark = pytest.mark.usefixtures("settings")
MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
CODE = "ABCD2345"


def sell(day: int, *, received: int | None = None, name: str = "") -> None:
    at = MONDAY + day * DAY
    late = at if received is None else MONDAY + received * DAY
    name = name or str(day)
    pay(f"pay_{name}", f"user_{name}", at, ref=CODE, received=late + SECOND)
    settle(late + SECOND)


def shown(member: int, day: int) -> tuple[int, int, bool]:
    """(days, best, freeze still there) as the profile of that day's noon shows it."""
    with transaction(MEMBER, COMPANY) as tx:
        streak = read_member(tx, COMPANY, member, MONDAY + day * DAY + 2 * SECOND).streak
    return streak.days, streak.best, streak.has_freeze


def test_one_frozen_day_a_week_neither_breaks_nor_counts() -> None:
    member = referrer(CODE, MONDAY)
    for day in (0, 1, 3, 4):
        sell(day)

    assert shown(member, 4) == (4, 4, False)
    assert shown(member, 5) == (4, 4, False)
    assert shown(member, 6) == (0, 4, False)
    assert rows("SELECT key FROM achievement_unlock WHERE key LIKE 'streak%%'") == [("streak_3",)]
    assert differences(MONDAY + 6 * DAY) == []


def test_a_late_sale_joins_two_streaks() -> None:
    member = referrer(CODE, MONDAY)
    for day in (0, 3, 4):
        sell(day)
    assert shown(member, 4)[:2] == (2, 2)

    sell(2, received=5)

    assert shown(member, 5) == (4, 4, False)
    assert differences(MONDAY + 5 * DAY) == []


def test_a_first_active_day_that_moves_away_gives_a_freeze_back() -> None:
    member = referrer(CODE, MONDAY)
    sell(0, name="moves")
    for day in (3, 5):
        sell(day)
    assert shown(member, 5)[1] == 1

    # The buyer paid before: the conversion moves there, and Monday is no active day any more.
    at = MONDAY - 40 * DAY
    pay("pay_earlier", "user_moves", at, ref=CODE, received=MONDAY + 6 * DAY)
    settle(MONDAY + 6 * DAY)

    assert rows("SELECT count(*) FROM member_day WHERE conversions < 0") == [(0,)]
    assert differences(MONDAY + 6 * DAY) == []


def test_what_a_close_grants_is_no_activity_and_a_claim_is() -> None:
    member = referrer(CODE, MONDAY)
    record_visit(COMPANY, member, MONDAY)
    quests = [
        quest
        for (quest,) in rows("SELECT id FROM quest WHERE time_window = 'daily' ORDER BY id LIMIT 2")
    ]
    for quest in quests:
        as_owner(
            "UPDATE quest SET state = 'completed', progress = target, completed_at = assigned_at"
            f" WHERE id = {quest}"
        )
    claim_quest(COMPANY, member, quests[0], MONDAY)
    closed = MONDAY + 4 * DAY
    progress: Json | None = {}
    while progress is not None:
        progress = quest_closing.close_step(progress, closed, closed)

    days = rows("SELECT quests_claimed, quests_granted FROM member_day WHERE quests_claimed > 0")
    assert days == [(2, 1)]
    as_owner("UPDATE member_fact SET value = 'granted' WHERE kind = 'claim'")
    found = differences(closed)
    assert any("member_day.quests_granted" in one for one in found)
    assert any("receipt.claim" in one for one in found)


@pytest.mark.parametrize(("late", "best"), [(-SECOND, 1), (timedelta(0), 0)])
def test_a_claim_is_activity_until_the_windows_close(late: timedelta, best: int) -> None:
    member = referrer(CODE, MONDAY)
    record_visit(COMPANY, member, MONDAY)
    [(quest, closes_at)] = rows(
        "SELECT id, closes_at FROM quest WHERE time_window = 'daily' ORDER BY id LIMIT 1"
    )
    as_owner(
        "UPDATE quest SET state = 'completed', progress = target, completed_at = assigned_at"
        f" WHERE id = {quest}"
    )

    claim_quest(COMPANY, member, quest, closes_at + late)

    assert rows("SELECT best_streak FROM member") == [(best,)]


def test_members_of_the_older_rule_are_read_anew_once() -> None:
    member = referrer(CODE, MONDAY)
    for day in (0, 1, 3, 4):
        sell(day)
    as_owner("UPDATE member SET best_streak = 2, streaks_read = false")
    assert differences(MONDAY + 5 * DAY) == []

    now = MONDAY + 5 * DAY
    progress: Json | None = {}
    steps = 0
    while progress is not None:
        progress = streak_reading.read_step(progress, now, now)
        steps += 1

    assert steps == 2
    assert rows("SELECT best_streak, streaks_read FROM member WHERE id = %s", member) == [(4, True)]
    assert differences(now) == []
