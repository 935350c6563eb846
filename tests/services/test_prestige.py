"""A prestige: one moment, told once, that changes what later payments are worth and no XP."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from game.rules.refusals import Refusal
from game.services.progress.prestige import prestige
from tests.support.settling import COMPANY, differences
from tests.support.telling import SECOND, as_owner, pay, referrer, rows, settle

pytestmark = pytest.mark.usefixtures("settings")
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
CODE = "ABCD2345"
HUGE = "1000.00"
"""One conversion of as many points as dollars can bring: 2,100."""


def member_of_level(sales: int) -> int:
    """A member with so many large sales; their number."""
    member = referrer(CODE, NOW)
    for number in range(sales):
        at = NOW + number * SECOND / 100
        pay(f"pay_{number}", f"user_{number}", at, ref=CODE, total=HUGE, tax="0.00")
    settle(NOW + 2 * SECOND)
    return member


def test_a_prestige_begins_a_run_keeps_all_xp_and_is_told() -> None:
    member = member_of_level(60)
    [(before, level)] = rows("SELECT lifetime_xp, level_reached FROM member")
    assert level >= 50

    assert prestige(COMPANY, member, LATER) == 1
    settle(LATER + SECOND)

    [(after, reached, ever)] = rows("SELECT lifetime_xp, level_reached, level_ever FROM member")
    # The badge of the first prestige, with the five per cent that it brings.
    assert after == before + 525
    assert ever == level
    assert reached < level
    told = rows("SELECT data FROM notice WHERE type = 'level_up' AND data->>'level' = '1'")
    assert told == [({"level": 1, "previous_level": level},)]
    assert rows("SELECT key, value, at, settled FROM member_fact WHERE kind = 'prestige'") == [
        ("1", "1", LATER, True)
    ]
    assert differences(LATER + SECOND) == []


def test_xp_is_multiplied_from_the_second_of_the_prestige_on() -> None:
    member = member_of_level(60)
    prestige(COMPANY, member, LATER + SECOND / 2)
    for number, at in enumerate((LATER - SECOND, LATER, LATER + SECOND)):
        pay(f"pay_late_{number}", f"user_late_{number}", at, ref=CODE)
    settle(LATER + 3 * SECOND)

    worth = rows(
        "SELECT multiplier_bp FROM payment_effect WHERE payment_id LIKE 'pay_late%%' ORDER BY at"
    )

    assert worth == [(10000,), (10500,), (10500,)]
    assert differences(LATER + 3 * SECOND) == []


def test_a_payment_of_the_same_second_that_was_faster_is_valued_anew() -> None:
    member = member_of_level(60)
    pay("pay_fast", "user_fast", LATER, ref=CODE, received=LATER)
    settle(LATER)

    prestige(COMPANY, member, LATER + SECOND / 2)
    settle(LATER + SECOND)

    effect = "SELECT multiplier_bp FROM payment_effect WHERE payment_id = 'pay_fast'"
    assert rows(effect) == [(10500,)]
    assert differences(LATER + SECOND) == []


def test_two_hundred_calls_at_once_begin_one_run() -> None:
    member = member_of_level(110)  # enough for two runs
    begun: list[int] = []

    def ask() -> None:
        begun.extend(prestige(COMPANY, member, LATER, wanted=1) for _ in range(25))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    settle(LATER + SECOND)

    assert begun == [1] * 200
    assert rows("SELECT prestige_level FROM member") == [(1,)]
    assert rows("SELECT count(*) FROM member_fact WHERE kind = 'prestige'") == [(1,)]
    assert differences(LATER + SECOND) == []


def test_a_run_that_is_too_short_is_refused_with_what_is_missing() -> None:
    member = member_of_level(1)

    with pytest.raises(Refusal) as refused:
        prestige(COMPANY, member, LATER)

    assert refused.value.code == "prestige_too_early"
    assert (
        refused.value.details["xp_missing"]
        == 122_500 - rows("SELECT lifetime_xp FROM member")[0][0]
    )
    assert rows("SELECT count(*) FROM member_fact WHERE kind = 'prestige'") == [(0,)]


def test_the_eleventh_prestige_is_refused_and_the_one_after_next_too() -> None:
    member = member_of_level(60)
    with pytest.raises(Refusal, match="from level 50"):
        prestige(COMPANY, member, LATER, wanted=2)
    as_owner(f"UPDATE member SET prestige_level = 10 WHERE id = {member}")

    with pytest.raises(Refusal) as refused:
        prestige(COMPANY, member, LATER)

    assert (refused.value.code, refused.value.details) == ("prestige_used_up", {"times": 10})


def test_verify_names_forged_prestiges() -> None:
    member = member_of_level(60)
    prestige(COMPANY, member, LATER)
    settle(LATER + SECOND)
    fact = "UPDATE member_fact SET {} WHERE kind = 'prestige'"
    for forgery, undo, named in (
        (fact.format("value = '2'"), fact.format("value = '1'"), "prestige facts"),
        (
            fact.format("at = at - interval '1 day'"),
            fact.format("at = at + interval '1 day'"),
            "member.prestige against notices",
        ),
        (
            "UPDATE notice SET data = data || '{\"previous_level\": 7}' WHERE data->>'level' = '1'",
            "",
            "notice.data",
        ),
    ):
        as_owner(forgery)
        assert any(named in found for found in differences(LATER + SECOND)), named
        if undo:
            as_owner(undo)
