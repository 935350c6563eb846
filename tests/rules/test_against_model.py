"""The rules and the independent model agree on whole companies, in every order of arrival."""

from __future__ import annotations

from random import Random

import pytest

from tests.model.oracle import books
from tests.rules.pure_books import pure_books
from tests.rules.worlds import CODES, make_world


@pytest.mark.parametrize("block", range(8))
def test_rules_and_model_agree_on_random_companies(block: int) -> None:
    seen_money = 0
    for seed in range(block * 50, block * 50 + 50):
        world = make_world(seed)
        more = world.more

        ours = pure_books(world.log, CODES, world.choices, world.now, **more)
        theirs = books(world.log, CODES, world.choices, world.now, **more)

        assert ours == theirs, f"seed {seed}"
        seen_money += sum(bool(member["money"]) for member in ours.values())

    assert seen_money > 20  # the drawn companies do exercise the books


def test_deliveries_shuffled_and_doubled_give_equal_books() -> None:
    world = make_world(7, payments=40)
    more = world.more
    wanted = pure_books(world.log, CODES, world.choices, world.now, **more)

    for seed in range(5):
        shuffled = world.log * 2
        Random(seed).shuffle(shuffled)
        assert pure_books(shuffled, CODES, world.choices, world.now, **more) == wanted
