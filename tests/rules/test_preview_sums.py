"""What a draft should be looked at twice for: just below, at, and above each bound."""

from __future__ import annotations

import pytest

from game.rules.preview_sums import SAYS_SOMETHING, Pair, Sums, warnings


def sums(payments: int = SAYS_SOMETHING, **figures: dict[str, Pair]) -> Sums:
    made = Sums(payments=payments)
    for name, value in figures.items():
        getattr(made, name).update(value)
    return made


def codes(found: Sums, xp: Pair | None = None) -> list[str]:
    return [one["code"] for one in warnings(found, xp or Pair())]


@pytest.mark.parametrize(
    ("then", "payments", "told"),
    [(1249, 20, []), (1250, 20, ["pays_much_more"]), (1250, 19, []), (0, 20, [])],
)
def test_a_quarter_more_commission_is_told(then: int, payments: int, told: list[str]) -> None:
    assert codes(sums(payments, money={"usd": Pair(1000, then)})) == told


@pytest.mark.parametrize(("then", "told"), [(1249, []), (1250, ["levels_inflate"])])
def test_a_quarter_more_xp_is_told(then: int, told: list[str]) -> None:
    assert codes(sums(), Pair(1000, then)) == told


@pytest.mark.parametrize(("scout", "told"), [(60, []), (61, ["class_dominates_xp"])])
def test_a_class_with_more_than_three_fifths_is_told(scout: int, told: list[str]) -> None:
    figures = {"scout": Pair(50, scout), "sage": Pair(50, 100 - scout)}

    assert codes(sums(class_xp=figures)) == told
    assert codes(sums(class_xp={"novice": Pair(10, 10)})) == []


@pytest.mark.parametrize(
    ("done", "given", "told"),
    [
        (6, 20, ["quest_too_hard"]), (7, 20, []), (12, 20, []), (13, 20, ["quest_too_easy"]),
        (0, 19, []),
    ],
)  # fmt: skip
def test_quests_should_be_finished_by_35_to_60_in_a_hundred(
    done: int, given: int, told: list[str]
) -> None:
    found = sums()
    for number in range(given):
        found.quest("weekly_goal", now=False, then=number < done)

    assert codes(found) == told


def test_nothing_now_is_no_growth() -> None:
    assert Pair(0, 500).percent_more == 0
    assert Pair(200, 100).percent_more == -50
