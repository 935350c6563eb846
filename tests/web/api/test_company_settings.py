"""A creator changes the company's settings: who may, what is refused, and when it holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from game.services.companies.changing import change
from game.services.platform.audit import Hand
from game.services.rulesets.charter import load_charter
from models.session import WORKER, transaction
from tests.support.company_life import Person, code_of, rows, sign_in
from tests.web.api.conftest import COMPANY

API = "/api/v1"
HAND = Hand(COMPANY, "user_creator")


@pytest.fixture
def creator(client: FlaskClient) -> Person:
    return sign_in(client, COMPANY, "user_creator", "creator")


def ask(person: Person, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Status, and data or the error's code."""
    answer = person._ask(method, path, json={} if body is None else body)
    assert answer.json is not None
    told = answer.json
    return answer.status_code, told["data"] if told["success"] else told["error"]["code"]


def test_each_change_is_a_version_with_who_made_it_and_twice_is_once(creator: Person) -> None:
    for _ in range(2):
        status, company = ask(
            creator, "PATCH", "/company", {"name": " Night Raiders ", "time_zone": "Asia/Tokyo"}
        )

    assert status == 200
    assert (company["title"], company["name"], company["time_zone"]) == (
        "Night Raiders", "Night Raiders", "Asia/Tokyo"
    )  # fmt: skip
    assert rows("SELECT key, version, actor_user_id FROM system_config") == [
        ("company.name", 1, "user_creator")
    ]
    assert rows("SELECT value, actor_user_id FROM company_fact") == [("Asia/Tokyo", "user_creator")]
    assert sorted(rows("SELECT action FROM audit")) == [("company.set",), ("company.time_zone",)]
    ask(creator, "PATCH", "/company", {"name": ""})
    assert creator.data("/company")["name"] == ""


def test_a_zone_holds_from_the_next_window_and_windows_never_run_backwards(hero: Person) -> None:
    now = datetime(2026, 11, 27, 22, 30, tzinfo=UTC)
    change(HAND, {"time_zone": "Pacific/Kiritimati"}, now)  # UTC+14
    with transaction(WORKER) as tx:
        zones = load_charter(tx, COMPANY).zones

    today, following = zones.window("daily", now), zones.window("daily", now + timedelta(days=1))

    assert today.starts_at == datetime(2026, 11, 27, tzinfo=UTC)
    # The open day ran on from midnight UTC to the zone's first midnight after it.
    assert today.ends_at == following.starts_at == datetime(2026, 11, 28, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": None}, "time_zone"),
        ({"name": "x" * 81}, "name"),
        ({"plan_id": "prod_1"}, "plan_id"),
        ({"roles": [{"user_id": "user_a", "role": "admin"}]}, "roles"),
        ({"owner": "user_a"}, "owner"),
    ],
)
def test_what_no_setting_can_be_is_refused_by_field(
    creator: Person, body: dict[str, Any], field: str
) -> None:
    answer = creator._ask("PATCH", "/company", json=body)

    assert answer.status_code == 422
    assert answer.json is not None
    assert field in answer.json["error"]["details"]["fields"]
    assert rows("SELECT count(*) FROM system_config") == [(0,)]


def test_only_the_creator_changes_anything(client: FlaskClient, hero: Person) -> None:
    moderator = sign_in(client, COMPANY, "user_moderator", "moderator")

    for person in (hero, moderator):
        assert ask(person, "PATCH", "/company", {"name": "Mine"}) == (403, "forbidden")
        assert ask(person, "POST", "/referrals", {}) == (403, "forbidden")


def test_the_zone_can_be_changed_ten_times_a_day(creator: Person) -> None:
    zones = ("Europe/Berlin", "Asia/Tokyo")
    for number in range(10):
        body = {"time_zone": zones[number % 2]}
        assert ask(creator, "PATCH", "/company", body)[0] == 200

    assert ask(creator, "PATCH", "/company", {"time_zone": zones[0]}) == (409, "too_many_changes")
    assert ask(creator, "PATCH", "/company", {"time_zone": zones[1]})[0] == 200  # it is that


def test_a_creator_makes_others_of_the_team_creator_and_back(
    client: FlaskClient, creator: Person, hero: Person
) -> None:
    helper = sign_in(client, COMPANY, "user_helper", "moderator")
    with transaction(WORKER) as tx:
        tx.run("UPDATE company SET owner_user_id = 'user_creator'")
        for user, role in (("user_helper", "moderator"), ("user_creator", "creator")):
            tx.run("UPDATE member SET role = %s WHERE whop_user_id = %s", (role, user))

    def give(user: str, role: str) -> tuple[int, Any]:
        body = {"roles": [{"user_id": user, "role": role}]}
        status, told = ask(creator, "PATCH", "/company", body)
        return status, "" if status == 200 else told

    assert give("user_helper", "creator") == (200, "")
    assert [one["role"] for one in creator.data("/company/choices")["team"]] == ["creator"] * 2
    assert ask(helper, "PATCH", "/company", {})[0] in {401, 403}, "the old session is over"
    assert give("user_helper", "moderator") == (200, "")
    assert give("user_hero", "moderator") == (409, "not_of_the_team")
    assert give("user_creator", "moderator") == (409, "owner_stays_creator")
    assert give("user_nobody", "moderator") == (404, "not_found")
    assert rows("SELECT count(*) FROM audit WHERE action = 'company.role'") == [(2,)]


def test_other_plan_lets_the_links_follow_and_visitors_use_the_old_checkout_meanwhile(
    client: FlaskClient, creator: Person, hero: Person
) -> None:
    code = code_of(hero)
    own = hero.post("/referrals/generate", {"name": "Own", "plan_id": "plan_own"}).json
    assert own is not None
    with transaction(WORKER) as tx:
        tx.run("UPDATE referral_code SET purchase_url = 'https://whop.com/checkout/plan_old?s=1'")

    assert ask(creator, "PATCH", "/company", {"plan_id": "plan_new"})[0] == 200

    assert dict(rows("SELECT code, purchase_url = '' FROM referral_code")) == {
        code: True, own["data"]["code"]: False
    }  # fmt: skip
    way = client.get(f"/r/{code}", headers={"User-Agent": "Firefox"}).headers["Location"]
    assert way == "https://whop.com/checkout/plan_old?s=1"
    ask(creator, "PATCH", "/company", {"product_id": "prod_1"})
    company = creator.data("/company")
    assert (company["plan_id"], company["product_id"]) == ("", "prod_1")
