"""A receipt's figures follow from its inputs, and rewards from what a member was at the time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from game.rules.calendar_windows import Zones
from game.rules.facts import Change, MemberHistory
from game.rules.quest_proof import drawable
from game.rules.receipt_proof import lesson_worths, misfits, multipliers_around
from game.rules.ruleset import Rules, default_rules

RULES = default_rules()
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HONEST: dict[str, Any] = {
    "kind": "conversion",
    "class": "novice",
    "prestige_level": 0,
    "base_minor": 4410,
    "currency": "usd",
    "exponent": 2,
    "usd_base_cents": 4410,
    "commission_minor": 441,
    "kept_minor": 441,
    "points": 188,
    "multiplier_bp": 10_000,
    "xp_awarded": 188,
    "xp_kept": 188,
    "taken": [0, 1],
}


def test_honest_figures_have_no_misfit() -> None:
    half = {"kept_minor": 221, "xp_kept": 94, "taken": [1, 2]}

    assert list(misfits(HONEST, RULES)) == []
    assert list(misfits(HONEST | half, RULES)) == []


@pytest.mark.parametrize(
    ("forged", "named"),
    [
        ({"kind": "gift"}, "kind"),
        ({"base_minor": 9999}, "commission_minor"),
        ({"commission_minor": 500, "kept_minor": 500}, "commission_minor"),
        ({"kept_minor": 440}, "kept_minor"),
        ({"points": 500}, "points"),
        ({"multiplier_bp": 20_000}, "multiplier_bp"),
        ({"xp_awarded": 189}, "xp_awarded"),
        ({"xp_kept": 0}, "xp_kept"),
        ({"usd_base_cents": 4411}, "usd_base_cents"),
        ({"taken": [3, 2]}, "taken"),
    ],
)
def test_forged_figure_is_named(forged: dict[str, Any], named: str) -> None:
    assert named in {name for name, _, _ in misfits(HONEST | forged, RULES)}


def test_lesson_is_worth_nothing_or_its_points() -> None:
    assert lesson_worths(12_000, RULES) == {0, 6}


def test_reward_may_have_been_faster_than_a_class_of_its_second() -> None:
    scout = RULES.classes["scout"].xp_bp
    novice = RULES.classes[RULES.start_class].xp_bp
    history = MemberHistory("user_a", classes=[Change(NOON, "scout")])
    half_a_second, hour = timedelta(milliseconds=500), timedelta(hours=1)

    assert multipliers_around(history, NOON + half_a_second, RULES) == {novice, scout}
    assert multipliers_around(history, NOON + hour, RULES) == {scout}
    assert multipliers_around(history, NOON - half_a_second, RULES) == {novice}


def test_draw_is_the_same_however_often_it_is_made_and_holds_one_quest_a_slot() -> None:
    drawn = [
        drawable("biz_a", 7, NOON, 1, 20, frozenset({False}), "weekly", Rules(), Zones())
        for _ in range(2)
    ]

    assert drawn[0] == drawn[1]
    assert {slot for slot, _ in drawn[0]} == {"weekly_1", "weekly_2"}
