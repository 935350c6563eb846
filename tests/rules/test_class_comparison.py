"""The comparison of classes says of the class somebody played exactly what it brought."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.rules.class_comparison import Recorded, Reward, compare
from game.rules.effects import PaymentEffect
from game.rules.multipliers import multiplied, multiplier_at
from game.rules.rally import rally_flags
from game.rules.ruleset import Rules
from tests.rules.making import DAY, PAID_AT, case_of, payment, plain, plays, priced, refund

CLASSES = ("novice", "scout", "sage", "champion")
SALES = st.lists(
    st.tuples(st.integers(1, 40_000), st.integers(0, 29 * 24), st.integers(0, 40_000)),
    max_size=8,
)


def lived(
    sales: list[tuple[int, int, int]], character_class: str, prestige: int
) -> tuple[list[PaymentEffect], dict[str, bool]]:
    """Conversions by one buyer each (amount, hours later, refunded), as this class."""
    times = [(f"pay_{n}", PAID_AT + timedelta(hours=h)) for n, (_, h, _) in enumerate(sales)]
    flags = rally_flags(times)
    effects = []
    for (amount, _, back), (name, at) in zip(sales, times, strict=True):
        taken = [refund(min(back, amount), payment_id=name)] if back else []
        case = case_of([plain(amount, at, payment_id=name)], refunds={name: taken})
        effects += priced(case, plays(character_class, prestige), rally=flags)
    return effects, flags


@pytest.mark.parametrize("name", CLASSES)
@given(sales=SALES, prestige=st.integers(0, 10), rewards=st.lists(st.integers(1, 1500), max_size=5))
def test_the_class_that_was_played_comes_out_as_it_was(
    name: str, sales: list[tuple[int, int, int]], prestige: int, rewards: list[int]
) -> None:
    played = "" if name == "novice" else name
    effects, flags = lived(sales, played, prestige)
    multiplier = multiplier_at(plays(played, prestige), PAID_AT, Rules().at(PAID_AT))
    recorded = Recorded(effects, [Reward(points, prestige) for points in rewards], flags)

    [worth] = [one for one in compare(recorded, Rules(), PAID_AT + 30 * DAY) if one.key == name]

    money = Counter[str]()
    for effect in effects:
        money[effect.currency] += effect.kept_minor
    assert worth.xp == sum(effect.xp_kept for effect in effects) + sum(
        multiplied(points, multiplier) for points in rewards
    )
    assert worth.commission == dict(money)


@given(sales=SALES, other=st.sampled_from(CLASSES))
def test_it_says_the_same_whatever_was_played(
    sales: list[tuple[int, int, int]], other: str
) -> None:
    scouts, flags = lived(sales, "scout", 1)
    others, _ = lived(sales, "" if other == "novice" else other, 1)

    now = PAID_AT + 30 * DAY
    assert compare(Recorded(scouts, [], flags), Rules(), now) == compare(
        Recorded(others, [], flags), Rules(), now
    )


@pytest.mark.parametrize(("hours", "rally_xp"), [(167, 28), (168, 0)])
def test_rally_is_the_real_one(hours: int, rally_xp: int) -> None:
    sales = [(4410, 0, 0), (4410, 1, 0), (4410, hours, 0)]
    effects, flags = lived(sales, "scout", 0)

    worths = {one.key: one for one in compare(Recorded(effects, [], flags), Rules(), PAID_AT)}

    assert worths["champion"].ability_xp == rally_xp
    assert worths["scout"].ability_xp == 111  # 272 - 235 each
    assert worths["sage"].ability_xp == 0
    assert worths["champion"].commission == {"usd": 3 * 529}


def test_a_banned_members_payment_pays_in_no_class() -> None:
    [effect] = priced(case_of([payment()]), plays())
    banned = [_banned(effect)]

    for worth in compare(Recorded(banned, [], {}), Rules(), PAID_AT):
        assert (worth.xp, worth.commission) == (0, {})


def _banned(effect: PaymentEffect) -> PaymentEffect:
    return replace(effect, reason="banned", points=0, commission_minor=0, kept_minor=0)
