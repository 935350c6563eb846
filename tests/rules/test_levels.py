"""Levels, prestige, class changes and badges."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.rules import levels
from game.rules.achievements import locked_left, reachable, unlocked
from game.rules.effects import Standing
from game.rules.facts import Change
from game.rules.member_progress import ProgressState, advance
from game.rules.metrics import BADGE_METRICS
from game.rules.multipliers import may_choose_class, next_class_change
from game.rules.ruleset import default_rules
from tests.rules.making import DAY, PAID_AT, SECOND, plays

RULES = default_rules()
TODAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("level", "xp"),
    [(1, 0), (2, 100), (3, 300), (5, 1000), (10, 4500), (25, 30000), (50, 122500), (100, 495000)],
)
def test_each_level_begins_at_its_xp(level: int, xp: int) -> None:
    assert levels.xp_for_level(level, RULES) == xp
    assert levels.level_of(xp, RULES) == level
    assert levels.level_of(xp - 1, RULES) == max(level - 1, 1)


@given(st.integers(-(10**6), 10**12))
def test_the_level_is_the_last_one_that_has_begun(run: int) -> None:
    level = levels.level_of(run, RULES)

    assert levels.xp_for_level(level, RULES) <= max(run, 0) < levels.xp_for_level(level + 1, RULES)


def test_a_prestige_begins_the_run_anew() -> None:
    assert levels.run_xp(122_500, 1, RULES) == 0
    assert levels.level_now(122_499 + 4501, 1, RULES) == 10
    assert levels.level_now(10, 1, RULES) == 1


def test_a_debt_is_earned_back_before_the_bar_moves() -> None:
    assert levels.progress(-40, 0, RULES) == (0, 100)
    assert levels.xp_to_next_level(-40, 0, RULES) == 140
    assert levels.progress(350, 0, RULES) == (50, 300)
    assert levels.xp_to_next_level(350, 0, RULES) == 250


def test_the_first_class_is_free_and_the_next_waits_thirty_days() -> None:
    chosen = plays(classes=[Change(PAID_AT - 90 * DAY, "sage"), Change(PAID_AT, "scout")])

    assert next_class_change(plays(), RULES) is None
    assert may_choose_class(plays(), PAID_AT, RULES)
    assert next_class_change(chosen, RULES) == PAID_AT + 30 * DAY
    assert not may_choose_class(chosen, PAID_AT + 30 * DAY - SECOND, RULES)
    assert may_choose_class(chosen, PAID_AT + 30 * DAY, RULES)


TABLE = {
    "conversions": [
        (1, 50), (5, 100), (10, 200), (25, 400), (50, 800), (100, 1500), (250, 3000), (500, 6000),
    ],
    "earned_usd_cents": [
        (1000, 50), (10_000, 150), (50_000, 400), (100_000, 800), (500_000, 2000),
        (1_000_000, 4000),
    ],
    "level_ever": [(5, 100), (10, 200), (25, 500), (50, 1000), (100, 2500)],
    "quests_claimed": [(1, 25), (10, 100), (50, 400), (200, 1200)],
    "streak": [(3, 75), (7, 200), (30, 1000)],
    "prestige": [(1, 500), (5, 2500)],
    "guild_joined": [(1, 25)],
    "guild_led": [(10, 300)],
    "class_chosen": [(1, 25)],
    "weekly_first": [(1, 250)],
}  # fmt: skip


RECORDED = {metric: rows for metric, rows in TABLE.items() if metric in BADGE_METRICS}


@pytest.mark.parametrize(
    ("metric", "threshold", "reward"),
    [(metric, *row) for metric, rows in RECORDED.items() for row in rows],
)
def test_each_badge_unlocks_at_its_threshold(metric: str, threshold: int, reward: int) -> None:
    below = unlocked(Standing({metric: threshold - 1}), set(), RULES, 10000)
    reached = unlocked(Standing({metric: threshold}), set(), RULES, 10000)

    [fresh] = [unlock for unlock in reached if unlock not in below]
    assert (fresh.reward_xp, fresh.xp) == (reward, reward)
    assert unlocked(Standing({metric: threshold}), {u.key for u in reached}, RULES, 10000) == []


def test_the_table_of_badges_is_whole() -> None:
    rows = [(a.metric, a.threshold, a.reward_xp) for a in RULES.achievements]

    assert rows == [(metric, *row) for metric, of in TABLE.items() for row in of]


def test_badges_of_what_nobody_records_are_neither_reachable_nor_unlocked() -> None:
    recorded = sum(len(rows) for rows in RECORDED.values())
    everything = Standing(dict.fromkeys(TABLE, 10**9))

    assert {badge.metric for badge in reachable(RULES)} == set(RECORDED)
    assert "weekly_first" in RECORDED
    assert len(unlocked(everything, set(), RULES, 10000)) == recorded
    assert locked_left(set(), RULES) == recorded
    assert locked_left({"conversions_1", "long_gone"}, RULES) == recorded - 1


def test_a_badges_xp_is_multiplied_and_rounded_down() -> None:
    [unlock] = unlocked(Standing({"class_chosen": 1}), set(), RULES, 12500)

    assert (unlock.reward_xp, unlock.xp, unlock.multiplier_bp) == (25, 31, 12500)


def state(**more: object) -> ProgressState:
    fields = {
        "lifetime_xp": 0,
        "prestige_level": 0,
        "level_reached": 1,
        "level_ever": 1,
        "metrics": {},
        "unlocked": frozenset(),
        "multiplier_bp": 10000,
    } | more
    return ProgressState(**fields)  # type: ignore[arg-type]


def test_a_badge_can_raise_the_level_that_unlocks_the_next_badge() -> None:
    result = advance(state(lifetime_xp=950, level_reached=4, metrics={"conversions": 1}), RULES)

    assert [unlock.key for unlock in result.unlocks] == ["conversions_1", "level_ever_5"]
    assert result.lifetime_xp == 950 + 50 + 100
    assert (result.levels, result.level_reached, result.level_ever) == ((5,), 5, 5)


def test_each_level_is_announced_once_in_ascending_order() -> None:
    first = advance(state(lifetime_xp=700, level_ever=9), RULES)
    fallen = advance(state(lifetime_xp=90, level_reached=4, level_ever=9), RULES)

    assert (first.levels, first.level_reached, first.level_ever) == ((2, 3, 4), 4, 9)
    assert (fallen.levels, fallen.level_reached) == ((), 4)


def test_in_a_new_run_levels_are_announced_again_and_badges_are_not() -> None:
    known = frozenset({"prestige_1", "level_ever_5", "level_ever_10", "level_ever_25"})
    known |= {"level_ever_50"}
    again = state(lifetime_xp=122_500 + 300, prestige_level=1, level_ever=50, unlocked=known)

    result = advance(again, RULES)

    assert (result.unlocks, result.levels, result.level_ever) == ((), (2, 3), 50)


@given(
    st.integers(-500, 200_000),
    st.integers(0, 3),
    st.dictionaries(st.sampled_from(sorted(TABLE)), st.integers(0, 10**6)),
    st.integers(10000, 20000),
)
def test_advancing_twice_finds_nothing_new(
    xp: int, prestige: int, metrics: dict[str, int], bp: int
) -> None:
    once = advance(
        state(lifetime_xp=xp, prestige_level=prestige, metrics=metrics, multiplier_bp=bp), RULES
    )

    twice = advance(
        state(
            lifetime_xp=once.lifetime_xp,
            prestige_level=prestige,
            metrics=metrics,
            multiplier_bp=bp,
            level_reached=once.level_reached,
            level_ever=once.level_ever,
            unlocked=frozenset(unlock.key for unlock in once.unlocks),
        ),
        RULES,
    )

    assert (twice.unlocks, twice.levels) == ((), ())
    assert twice.lifetime_xp == once.lifetime_xp
    assert once.lifetime_xp == xp + sum(unlock.xp for unlock in once.unlocks)
