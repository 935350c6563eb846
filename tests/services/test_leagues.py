"""Leagues: dealt at a week's start, decided at its end, once each, whatever ticks were missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from game.services.boards.league_reads import read_league
from game.services.boards.views import Viewer
from game.services.scheduled import league_dealing
from models.base import Json
from models.session import MEMBER, transaction
from tests.support.settling import COMPANY, differences
from tests.support.telling import as_owner, lesson, notices, referrer, rows, settle

pytestmark = pytest.mark.usefixtures("settings")
MONDAY = datetime(2026, 11, 9, tzinfo=UTC)
WEEK = timedelta(days=7)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def deal(at: datetime) -> None:
    progress: Json | None = {}
    while progress is not None:
        progress = league_dealing.deal_step(progress, at, at)


def learn(count: int, at: datetime, only: range | None = None) -> None:
    """Members 0 to `count`: each has as many lessons as their number says, at most ten."""
    for number in only or range(count):
        for each in range(number % 10 + 1):
            lesson(f"user_l{number:02}", f"lesn_{at:%m%d}_{number}_{each}", at + each * MINUTE,
                   received=at + HOUR)  # fmt: skip
    settle(at + HOUR)


def seats(week: datetime) -> list[tuple[object, ...]]:
    return rows(
        "SELECT tier, group_number, count(*) FROM league_seat WHERE starts_at = %s "
        "GROUP BY 1, 2 ORDER BY 1, 2",
        week,
    )


def test_nineteen_players_have_no_league_and_twenty_have_one() -> None:
    learn(19, MONDAY - 2 * WEEK)
    deal(MONDAY - WEEK + MINUTE)
    learn(1, MONDAY - WEEK + HOUR, range(19, 20))

    deal(MONDAY + MINUTE)

    weeks = rows("SELECT players, in_force FROM league_week ORDER BY starts_at")
    assert weeks == [(19, False), (20, True)]
    assert seats(MONDAY) == [(0, 1, 20)]
    assert differences(MONDAY + HOUR) == []


def test_week_is_dealt_a_minute_after_it_began_and_never_again() -> None:
    learn(31, MONDAY - WEEK)

    deal(MONDAY + MINUTE - timedelta(seconds=1))
    before = seats(MONDAY)
    deal(MONDAY + MINUTE)
    dealt = seats(MONDAY)
    deal(MONDAY + 5 * MINUTE)

    assert before == []
    assert dealt == seats(MONDAY) == [(0, 1, 16), (0, 2, 15)]
    assert differences(MONDAY + HOUR) == []


def test_moves_are_decided_at_the_end_and_late_facts_move_nobody() -> None:
    learn(25, MONDAY - WEEK)
    deal(MONDAY + MINUTE)
    learn(24, MONDAY + HOUR)

    deal(MONDAY + WEEK + MINUTE)
    steps = moves()
    lesson("user_l00", "lesn_late", MONDAY + 2 * HOUR, received=MONDAY + WEEK + HOUR)
    settle(MONDAY + WEEK + HOUR)
    deal(MONDAY + WEEK + 6 * MINUTE)

    # 25 players: five up; as many of the last would go down, but bronze has no floor below.
    assert sum(step == 1 for _, step in steps) == 5
    assert steps[-1][1] == 0
    assert moves() == steps
    assert seats(MONDAY + WEEK) == [(0, 1, 20), (1, 1, 5)]
    assert differences(MONDAY + WEEK + HOUR) == []


def test_leagues_missed_for_two_weeks_move_once_and_are_dealt_once() -> None:
    learn(25, MONDAY - WEEK)
    deal(MONDAY + MINUTE)
    learn(25, MONDAY + 2 * WEEK - HOUR * 3)

    deal(MONDAY + 2 * WEEK + MINUTE)
    deal(MONDAY + 2 * WEEK + MINUTE)

    assert rows("SELECT count(*) FROM league_week WHERE moved_at IS NOT NULL") == [(1,)]
    assert rows("SELECT DISTINCT starts_at FROM league_week ORDER BY 1") == [
        (MONDAY,), (MONDAY + 2 * WEEK,)
    ]  # fmt: skip
    assert differences(MONDAY + 2 * WEEK + HOUR) == []


def test_newcomer_sits_down_in_the_smallest_group_and_sees_only_their_own() -> None:
    learn(31, MONDAY - WEEK)
    deal(MONDAY + MINUTE)
    late = referrer("LATE2222", MONDAY, user="user_l40")
    lesson("user_l40", "lesn_first", MONDAY + HOUR, received=MONDAY + 2 * HOUR)
    settle(MONDAY + 2 * HOUR)
    as_owner("UPDATE member SET anonymous = true WHERE whop_user_id = 'user_l01'")

    deal(MONDAY + 3 * HOUR)
    with transaction(MEMBER, COMPANY) as tx:
        view = read_league(tx, Viewer(COMPANY, late, sees_money=False), MONDAY + 3 * HOUR)

    assert seats(MONDAY) == [(0, 1, 16), (0, 2, 16)]
    assert (view.tier, view.group, len(view.rows), view.rising) == ("bronze", 2, 16, 1)
    assert view.rows[0].place.is_me
    assert view.rows[0].step == 1
    hidden = [row.place for row in view.rows if row.place.anonymous]
    assert [(one.member_id, one.username) for one in hidden] == [(None, "")] * len(hidden)
    assert differences(MONDAY + 3 * HOUR) == []


def test_everybody_hears_once_what_their_week_came_to_and_verify_names_a_forged_move() -> None:
    learn(25, MONDAY - WEEK)
    deal(MONDAY + MINUTE)
    deal(MONDAY + WEEK + MINUTE)
    deal(MONDAY + WEEK + 6 * MINUTE)

    told = [
        notices(member).count("leaderboard_updated") for (member,) in rows("SELECT id FROM member")
    ]
    as_owner("UPDATE league_seat SET step = 1 - step WHERE final_rank = 1 AND step IS NOT NULL")
    found = differences(MONDAY + WEEK + HOUR)

    assert told == [1] * 25
    assert any("league_seat.step" in one for one in found), found


def moves() -> list[tuple[object, ...]]:
    return rows(
        "SELECT final_rank, step FROM league_seat WHERE starts_at = %s AND step IS NOT NULL "
        "ORDER BY final_rank, member_id",
        MONDAY,
    )
