"""Prestige, classes compared, the outlook and the news since the last visit, over the API."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.support.company_life import Person, code_of, pay, settle
from tests.support.settling import differences
from tests.support.telling import as_owner
from tests.web.api.conftest import COMPANY


def test_a_profile_says_how_long_the_streak_is_and_whether_today_counts(hero: Person) -> None:
    assert hero.data("/users/me/profile")["streak"] == {
        "days": 0, "best": 0, "is_done": False, "has_freeze": False, "ends_at": None
    }  # fmt: skip

    pay(COMPANY, "user_buyer", code_of(hero), "44.10")
    settle()

    streak = hero.data("/users/me/profile")["streak"]
    assert (streak["days"], streak["best"], streak["is_done"]) == (1, 1, True)


def test_the_outlook_is_what_a_sale_then_brings(hero: Person) -> None:
    code = code_of(hero)
    told = hero.data("/users/me/outlook", amount_minor=4410, currency="USD")
    assert hero.data("/users/me/profile")["lifetime_xp"] == 0

    pay(COMPANY, "user_buyer", code, "44.10")
    settle()

    profile = hero.data("/users/me/profile")
    assert told["commission"] == {"amount_minor": 441, "currency": "usd", "exponent": 2}
    assert told["game"]["xp"] == profile["lifetime_xp"] == 238
    assert told["game"]["level"] == {"now": 1, "then": profile["level"]}
    assert told["game"]["streak_days"] == {"now": 0, "then": 1}


@pytest.mark.parametrize(
    "query",
    [
        {"amount_minor": 0, "currency": "usd"},
        {"amount_minor": 10**13, "currency": "usd"},
        {"amount_minor": 100, "currency": "us dollars"},
        {"amount_minor": 100, "currency": "zzz"},
    ],
)
def test_an_outlook_on_nonsense_is_refused(hero: Person, query: dict[str, object]) -> None:
    assert hero.get("/users/me/outlook", **query).status_code == 422


def test_every_class_says_what_it_would_have_brought(hero: Person) -> None:
    pay(COMPANY, "user_buyer", code_of(hero), "44.10")
    settle()

    found = hero.data("/users/me/classes")

    worths = {one["key"]: one for one in found["classes"]}
    # 188 for the sale and 50 for the badge; 20 % more for the sale by the scout's ability.
    assert {key: one["xp"] for key, one in worths.items()} == {
        "novice": 238, "scout": 272 + 62, "sage": 216 + 57, "champion": 238
    }  # fmt: skip
    assert worths["champion"]["commission"][0]["amount_minor"] == 529
    assert worths["scout"]["ability_xp"] == 37


def test_a_prestige_is_refused_until_level_fifty_and_then_granted_once(hero: Person) -> None:
    early = hero.post("/users/me/prestige")
    assert (early.status_code, early.json["error"]["code"]) == (409, "prestige_too_early")  # type: ignore[index]
    code = code_of(hero)
    for number in range(62):
        pay(COMPANY, f"user_b{number}", code, "1000.00")
    settle()

    answers = [hero.post("/users/me/prestige", {"prestige_level": 1}) for _ in range(2)]
    settle()

    assert [answer.status_code for answer in answers] == [200, 200]
    profile = hero.data("/users/me/profile")
    assert (profile["prestige_level"], profile["level"] < 25) == (1, True)
    badges = {one["key"] for one in hero.data("/achievements") if one["unlocked_at"]}
    assert "prestige_1" in badges
    assert differences(datetime.now(UTC), COMPANY) == []
    as_owner("UPDATE member_fact SET value = '4' WHERE kind = 'prestige'")
    assert any("prestige" in one for one in differences(datetime.now(UTC), COMPANY))


def test_news_since_the_last_visit_begin_with_the_second_day(hero: Person) -> None:
    found = hero.data("/users/me/since")

    assert (found["since"], found["sales"], found["usual_sale"]) == (None, 0, None)
