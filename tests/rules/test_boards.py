"""Ranks, proofs and leagues as pure rules: each boundary just before, at, just after."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from game.rules.board_proofs import FIRST, climb, digest, path_of, root_of
from game.rules.boards import Score, closes_at, level_value, ranked, read_level
from game.rules.leagues import Final, Player, deal, group_for_late, is_in_force, moves
from game.rules.levels import run_cost, xp_for_level
from game.rules.ruleset import default_rules

RULES = default_rules()
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_ties_share_a_rank_and_the_next_one_is_passed_over() -> None:
    scores = [Score(member, value, NOON) for member, value in ((1, 5), (2, 9), (3, 5), (4, 1))]

    assert [(one.member_id, one.rank) for one in ranked(scores)] == [(2, 1), (1, 2), (3, 2), (4, 4)]


def test_inside_a_tie_the_earlier_newest_fact_stands_first_then_the_smaller_id() -> None:
    later = NOON + timedelta(microseconds=1)
    scores = [Score(1, 5, later), Score(9, 5, NOON), Score(4, 5, later)]

    assert [one.member_id for one in ranked(scores)] == [9, 1, 4]


def test_value_of_zero_has_no_place_and_one_has() -> None:
    scores = [Score(1, 0, NOON), Score(2, -3, NOON), Score(3, 1, NOON)]

    assert [one.member_id for one in ranked(scores)] == [3]
    assert [one.rank for one in ranked(scores, everybody=True)] == [1, 2, 3]


@pytest.mark.parametrize("prestige", [0, 1, 10])
@pytest.mark.parametrize("level", [1, 2, 50])
def test_levels_are_ranked_by_prestige_first(prestige: int, level: int) -> None:
    xp = run_cost(RULES) * prestige + xp_for_level(level, RULES)

    value = level_value(xp, prestige, RULES)

    assert read_level(value) == (prestige, level)
    assert value < level_value(run_cost(RULES) * (prestige + 1), prestige + 1, RULES)
    if level > 1:
        assert read_level(level_value(xp - 1, prestige, RULES)) == (prestige, level - 1)


def test_a_window_closes_72_hours_after_its_end() -> None:
    assert closes_at(NOON, RULES) == NOON + timedelta(hours=72)


@settings(max_examples=30)
@given(st.lists(st.text(max_size=5), max_size=20))
def test_every_place_leads_to_the_root_and_no_other_text_does(texts: list[str]) -> None:
    leaves = [digest(f"{at} {text}") for at, text in enumerate(texts)]
    root = root_of(leaves)

    for place, leaf in enumerate(leaves):
        path = path_of(leaves, place)
        assert climb(leaf, path) == root
        assert climb(digest("forged"), path) != root
    assert leaves or root == FIRST


@pytest.mark.parametrize(("active", "is_on"), [(19, False), (20, True), (21, True)])
def test_leagues_are_in_force_from_twenty_players(active: int, *, is_on: bool) -> None:
    assert is_in_force(active, RULES.leagues) is is_on


@pytest.mark.parametrize(
    ("players", "sizes"),
    [(1, [1]), (30, [30]), (31, [16, 15]), (60, [30, 30]), (61, [21, 20, 20]), (0, [])],
)
def test_groups_are_as_few_as_can_be_and_differ_by_one(players: int, sizes: list[int]) -> None:
    seats = deal([Player(number, 2, number % 7) for number in range(players)], RULES.leagues)

    groups = [seat.group for seat in seats]
    assert [groups.count(number) for number in range(1, len(sizes) + 1)] == sizes
    assert groups == sorted(groups)
    assert {seat.tier for seat in seats} <= {2}


def test_groups_are_cut_by_xp_then_by_id() -> None:
    seats = deal([Player(3, 0, 10), Player(1, 0, 10), Player(2, 0, 90)], RULES.leagues)

    assert [seat.member_id for seat in seats] == [2, 1, 3]


@pytest.mark.parametrize(("players", "up"), [(4, 0), (5, 1), (9, 1), (10, 2), (30, 6)])
def test_a_fifth_goes_up_and_as_many_go_down(players: int, up: int) -> None:
    group = [Final(number, players - number, number + 1) for number in range(players)]

    steps = moves(group, 2, RULES.leagues)

    assert [steps[number] for number in range(players)] == (
        [1] * up + [0] * (players - 2 * up) + [-1] * up
    )


def test_who_has_no_xp_goes_down_and_never_up_and_the_ends_hold() -> None:
    group = [Final(1, 1, 1), Final(2, 0, 2), Final(3, 0, 2), Final(4, 0, 2), Final(5, -1, 5)]

    assert moves(group, 1, RULES.leagues) == {1: 1, 2: -1, 3: -1, 4: -1, 5: -1}
    assert moves(group, 0, RULES.leagues) == {1: 1, 2: 0, 3: 0, 4: 0, 5: 0}
    assert moves(group, 4, RULES.leagues) == {1: 0, 2: -1, 3: -1, 4: -1, 5: -1}
    idle = [Final(number, 0, 1) for number in range(5)]
    assert set(moves(idle, 2, RULES.leagues).values()) == {-1}


def test_newcomer_joins_the_smallest_group_the_first_of_equals() -> None:
    assert group_for_late({1: 16, 2: 15, 3: 15}) == 2
    assert group_for_late({1: 15, 2: 15}) == 1
    assert group_for_late({}) == 1
