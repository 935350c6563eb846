"""Members choose what pops up and whether others see who they are; the list of news read back."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.company_life import API, Person, rows, sign_in
from tests.support.news import Reader
from tests.web.api.conftest import COMPANY


def patch(person: Person, body: dict[str, Any]) -> TestResponse:
    headers = {"Authorization": f"Bearer {person.token}"}
    return person.client.patch(f"{API}/users/me/settings", json=body, headers=headers)


def test_a_silenced_kind_stays_in_the_list_and_comes_back_when_asked(hero: Person) -> None:
    assert set(hero.data("/users/me/settings")["notices"].values()) == {True}

    answer = patch(hero, {"notices": {"system_notification": False, "level_up": False}})
    patch(hero, {"notices": {"level_up": True}})

    assert answer.status_code == 200, answer.json
    assert hero.data("/users/me/profile")["silent_kinds"] == ["system_notification"]
    Reader(COMPANY, hero.member_id, hero.user_id).note()
    kinds = [one["type"] for one in hero.data("/notifications")["notices"]]
    assert "system_notification" in kinds


def test_settings_that_do_not_exist_are_refused(hero: Person) -> None:
    bodies: list[dict[str, Any]] = [
        {"notices": {"level_down": False}},
        {"notices": {"level_up": "no"}},
        {"notices": []},
        {"anonymous": "yes"},
        {"colour": "red"},
    ]
    for body in bodies:
        assert patch(hero, body).status_code == 422, body
    assert hero.data("/users/me/settings")["anonymous"] is False


def test_who_wants_to_stay_unnamed_has_no_name_for_other_members(
    hero: Person, client: FlaskClient
) -> None:
    friend = sign_in(client, COMPANY, "user_friend")
    moderator = sign_in(client, COMPANY, "user_mod", "moderator")
    patch(hero, {"anonymous": True})

    shown = friend.data(f"/users/{hero.member_id}")

    assert (shown["username"], shown["avatar_url"]) == ("Anonymous", None)
    assert friend.get("/users/user_hero").status_code == 404
    named = rows("SELECT username FROM member WHERE id = %s", hero.member_id)[0][0]
    assert moderator.data("/users/user_hero")["username"] == named
    assert hero.data("/users/user_hero")["username"] == named


def test_the_list_is_read_back_from_the_newest_on(hero: Person) -> None:
    Reader(COMPANY, hero.member_id, hero.user_id).note(5)
    last = hero.data("/notifications", after=0, limit=100)["last_id"]

    first = hero.get("/notifications", before=last + 1, limit=3).json
    assert first is not None
    second = hero.get("/notifications", before=first["page"]["next"], limit=100).json
    assert second is not None

    numbers = [one["id"] for page in (first, second) for one in page["data"]["notices"]]
    assert numbers == list(range(last, 0, -1))
    assert (first["page"]["has_next"], second["page"]["has_next"]) == (True, False)
    hero.post("/notifications/read", {"up_to": last - 2})
    assert hero.data("/notifications", before=last + 1)["read_up_to"] == last - 2
