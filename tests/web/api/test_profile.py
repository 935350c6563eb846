"""Members read their own figures, and of others what is public."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient

from tests.support.company_life import Person, code_of, pay, settle, sign_in
from tests.web.api.conftest import COMPANY


def test_a_new_member_is_a_novice_on_level_one_without_money(hero: Person) -> None:
    member = hero.data("/users/me/profile")

    assert member["whop_user_id"] == "user_hero"
    assert member["character_class"] is None
    assert (member["level"], member["experience_points"], member["lifetime_xp"]) == (1, 0, 0)
    assert (member["level_xp"], member["next_level_xp"], member["xp_to_next_level"]) == (
        0,
        100,
        100,
    )
    assert member["commission"] == []
    assert member["class_change_at"] is None
    assert isinstance(member["id"], str)


def test_a_settled_sale_shows_in_the_profile_to_the_cent(hero: Person) -> None:
    pay(COMPANY, "user_buyer", code_of(hero), "44.10")
    settle()

    member = hero.data("/users/me/profile")

    # 100 and 2 a dollar for the sale, 50 for the first sale's badge.
    assert member["lifetime_xp"] == 238
    assert member["level"] == 2
    assert member["total_referrals"] == 1
    assert member["commission"] == [
        {
            "currency": "usd",
            "exponent": 2,
            "earned_minor": 441,
            "pending_minor": 441,
            "held_minor": 0,
            "payable_minor": 0,
            "paid_minor": 0,
        }
    ]


def test_the_chosen_class_is_shown_with_the_day_it_may_change(hero: Person) -> None:
    answer = hero.post("/users/me/class", {"class": "scout"})

    assert answer.status_code == 200
    assert answer.json is not None
    member = answer.json["data"]
    assert member["character_class"] == "scout"
    opens_at = datetime.fromisoformat(member["class_change_at"])
    assert timedelta(days=29) < opens_at - datetime.now(UTC) <= timedelta(days=30)


def test_a_second_class_has_to_wait_and_changes_nothing(hero: Person) -> None:
    hero.post("/users/me/class", {"class": "scout"})

    answer = hero.post("/users/me/class", {"class": "sage"})

    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["error"]["code"] == "class_change_too_early"
    assert answer.json["error"]["details"]["available_at"]
    assert hero.data("/users/me/profile")["character_class"] == "scout"


def test_a_class_that_does_not_exist_is_refused_as_invalid(hero: Person) -> None:
    for name in ("wizard", "novice", ""):
        assert hero.post("/users/me/class", {"class": name}).status_code == 422


def test_others_see_progress_and_badges_but_no_money(hero: Person, client: FlaskClient) -> None:
    pay(COMPANY, "user_buyer", code_of(hero), "44.10")
    settle()
    friend = sign_in(client, COMPANY, "user_friend")

    profile = friend.data(f"/users/{hero.member_id}")

    assert profile["level"] == 2
    assert [badge["key"] for badge in profile["achievements"]] == ["conversions_1"]
    assert not {"commission", "whop_user_id", "role"} & set(profile)
    assert friend.data("/users/user_hero") == profile


def test_unknown_members_are_not_found_whatever_the_id_looks_like(hero: Person) -> None:
    for named in ("999999", "9" * 30, "user_nobody", "%F0%9F%90%89", "-1"):
        assert hero.get(f"/users/{named}").status_code == 404, named


def test_company_and_rules_are_those_members_play_by(hero: Person) -> None:
    rules = hero.data("/rules")

    assert hero.data("/company") == {
        "id": COMPANY,
        "title": "",
        "name": "",
        "time_zone": "UTC",
        "plan_id": "",
        "product_id": "",
    }
    assert rules["version"] == 1
    assert rules["class_change_days"] == 30
    assert [one["key"] for one in rules["classes"]] == ["scout", "sage", "champion"]
    sage = rules["classes"][1]
    assert (sage["xp_bp"], sage["commission_bp"]) == (11500, 11000)
    assert sage["ability"] == {
        "name": "Insight",
        "bonus_bp": 5000,
        "description": "50 % more XP for a payment of 100 US dollars or more.",
    }
