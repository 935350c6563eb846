"""From which XP a run may begin anew, and how often."""

from __future__ import annotations

import pytest

from game.rules.levels import level_now
from game.rules.prestige import is_used_up, may_prestige, xp_to_prestige
from game.rules.ruleset import default_rules

RULES = default_rules()
RUN = 122_500


@pytest.mark.parametrize(
    ("xp", "prestige", "may", "missing"),
    [
        (RUN - 1, 0, "may not", 1),
        (RUN, 0, "may", 0),
        (RUN + 1, 0, "may", 0),
        (2 * RUN - 1, 1, "may not", 1),
        (2 * RUN, 1, "may", 0),
        (11 * RUN, 9, "may", 0),
        (11 * RUN, 10, "may not", 0),
        (-5, 0, "may not", RUN + 5),
    ],
)
def test_a_run_may_begin_anew_from_level_fifty_and_ten_times(
    xp: int, prestige: int, may: str, missing: int
) -> None:
    assert may_prestige(xp, prestige, RULES) is (may == "may")
    assert xp_to_prestige(xp, prestige, RULES) == missing
    assert is_used_up(prestige, RULES) is (prestige == 10)


def test_what_is_above_the_runs_cost_comes_along() -> None:
    assert level_now(RUN, 1, RULES) == 1
    assert level_now(RUN + 300, 1, RULES) == 3
