"""The simulated year plays by the real rules, the same each time, and names what is out of hand."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from game.rules.levels import level_now
from game.rules.ruleset import Rules, default_document, default_rules, read_rules
from game.services.balancing.judging import START, Judged, judge, warnings
from game.services.balancing.players import PLAYERS, live
from game.services.balancing.year import Outcome, play

RULES = Rules()


@pytest.fixture(scope="module")
def judged() -> list[Judged]:
    return judge(RULES, members=1, seed=3)


def year_of(player: int, character_class: str, rules: Rules = RULES, days: int = 90) -> Outcome:
    year = live(PLAYERS[player], START, Random(5), days)
    return play("one", character_class, year, rules, START)


def test_the_same_year_comes_out_the_same() -> None:
    assert year_of(1, "scout") == year_of(1, "scout")


def test_levels_follow_from_the_xp_that_was_gained() -> None:
    outcome = year_of(2, "sage", days=60)

    assert outcome.prestiges == []
    assert outcome.levels[-1] == level_now(sum(outcome.xp.values()), 0, default_rules())
    assert outcome.levels == sorted(outcome.levels)


def test_a_run_that_is_long_enough_begins_anew() -> None:
    document = default_document()
    document["prestige"]["from_level"] = 5
    outcome = year_of(2, "scout", Rules([(None, read_rules(document))]), days=30)

    assert len(outcome.prestiges) >= 1
    first = outcome.prestiges[0]
    assert outcome.levels[first] < 5 <= max(outcome.reached)


def test_no_class_of_the_default_rules_is_better_in_both(judged: list[Judged]) -> None:
    assert not [one for one in warnings(judged, "novice") if "is better than" in one]
    pros = {one.character_class: one for one in judged if one.player == "pro"}
    assert pros["scout"].xp > pros["sage"].xp > pros["champion"].xp
    money = {name: one.commission_cents for name, one in pros.items()}
    assert money["champion"] > money["sage"] > money["scout"] == money["novice"]


def test_a_class_that_dominates_and_levels_that_fly_by_are_named(judged: list[Judged]) -> None:
    best = [
        replace(one, xp=10**7, commission_cents=10**7, reached={10: 1, 25: 2, 50: 3})
        if one.character_class == "scout"
        else one
        for one in judged
    ]

    found = list(warnings(best, "novice"))

    assert "pro: scout is better than sage in XP and in money" in found
    assert any("level 50 after 3 days" in one for one in found)
