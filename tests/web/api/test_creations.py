"""Creators write quests, achievements and perks by the API; members find and play them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from game.services.progress.acts import record_visit
from game.services.scheduled import creation_runs
from models.session import WORKER, transaction
from tests.support.company_life import Person, rows, sign_in
from tests.support.settling import differences
from tests.web.api.conftest import COMPANY


@pytest.fixture
def creator(client: FlaskClient) -> Person:
    return sign_in(client, COMPANY, "user_boss", "creator")


def reach(metric: str, value: int) -> dict[str, object]:
    return {"metric": metric, "comparison": "at_least", "value": value}


def quest(**more: Any) -> dict[str, Any]:
    today = datetime.now(UTC).date()
    days = {
        "every": "once",
        "first_day": str(today),
        "last_day": str(today + timedelta(days=3)),
    }
    return {
        "title": "Launch Week",
        "description": "Help us launch.",
        "requirement": reach("visits", 1),
        "reward_xp": 200,
        "schedule": days,
        "state": "published",
        **more,
    }


def badge(**more: Any) -> dict[str, Any]:
    return {
        "title": "First Steps",
        "description": "Choose who you are.",
        "requirement": reach("class_chosen", 1),
        "reward_xp": 50,
        "state": "published",
        **more,
    }


def made(answer: Any) -> str:
    assert answer.status_code == 200, answer.json
    return str(answer.json["data"]["id"])


def give() -> None:
    now, progress = datetime.now(UTC), dict[str, object]()
    while (following := creation_runs.step(progress, now, now)) is not None:
        progress = following


def open_app(person: Person) -> None:
    record_visit(person.company_id, person.member_id, datetime.now(UTC))


def patch(person: Person, path: str, body: Any) -> Any:
    return person._ask("PATCH", path, json=body)


def test_a_special_quest_goes_from_the_creators_form_to_a_members_claim(
    creator: Person, hero: Person
) -> None:
    number = made(creator.post("/quests", quest()))

    open_app(hero)

    [mine] = [one for one in hero.data("/quests") if one["window"] == "special"]
    assert (mine["title"], mine["state"], mine["difficulty"]) == (
        "Launch Week",
        "completed",
        "special",
    )
    detail = hero.data(f"/quests/{mine['id']}")
    assert [(fact["metric"], fact["amount"]) for fact in detail["facts"]] == [("visits", 1)]
    claim = hero.post(f"/quests/{mine['id']}/complete")
    assert claim.status_code == 200, claim.json
    titles = [one["title"] for one in hero.data("/users/me/receipts") if one["kind"] == "quest"]
    assert titles == ["Quest: Launch Week"]
    give()
    [written] = creator.data("/quests/special")
    assert (written["id"], written["given"], written["completed"], written["claimed"]) == (
        number,
        2,
        1,
        1,
    )
    assert (written["dealt"], written["members"]) == (2, 2)
    assert written["words"] == "Open the app on 1 day"
    assert differences(datetime.now(UTC), COMPANY) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"requirement": reach("stars", 1)}, "requirement.metric"),
        ({"requirement": {"all": []}}, "requirement.all"),
        ({"reward_xp": 100_001}, "reward_xp"),
        ({"title": ""}, "title"),
        ({"title": "x" * 81}, "title"),
        ({"audience": {"classes": ["wizard"]}}, "audience.classes"),
        ({"audience": {"level_from": 5, "level_to": 4}}, "audience.level_to"),
        (
            {"schedule": {"every": "once", "first_day": "2020-01-01", "last_day": "2020-01-02"}},
            "schedule.last_day",
        ),
        ({"schedule": {"every": "once", "first_day": "soon", "last_day": None}}, "schedule"),
        ({"state": "ended"}, "state"),
        ({"reward_commission": 5}, "reward_commission"),
    ],
)
def test_a_quest_nobody_could_play_is_refused_by_field(
    creator: Person, change: dict[str, Any], field: str
) -> None:
    answer = creator.post("/quests", quest(**change))

    assert answer.status_code == 422, answer.json
    assert answer.json is not None
    assert any(name.startswith(field) for name in answer.json["error"]["details"]["fields"])
    assert rows("SELECT count(*) FROM creation") == [(0,)]


def test_only_those_who_manage_quests_write_them(
    client: FlaskClient, hero: Person, stranger: Person
) -> None:
    moderator = sign_in(client, COMPANY, "user_mod", "moderator")
    number = made(moderator.post("/quests", quest()))

    for path, body in (("/quests", quest()), ("/achievements", badge())):
        assert hero.post(path, body).status_code == 403
    assert patch(hero, f"/quests/{number}", {"state": "ended"}).status_code == 403
    assert hero.get("/quests/special").status_code == 403
    assert hero.post("/perks", PERK).status_code == 403
    assert moderator.post("/perks", PERK).status_code == 403
    elsewhere = sign_in(client, stranger.company_id, "user_boss2", "creator")
    assert patch(elsewhere, f"/quests/{number}", {"state": "ended"}).status_code == 404
    assert elsewhere.data("/quests/special") == []


def test_a_quest_is_changed_and_ended_but_never_a_draft_again(creator: Person) -> None:
    number = made(creator.post("/quests", quest(state="draft")))
    path = f"/quests/{number}"

    assert patch(creator, path, {"title": "Launch Month"}).status_code == 200
    assert patch(creator, path, {"state": "published"}).status_code == 200
    assert patch(creator, path, {"state": "published"}).status_code == 200
    again = patch(creator, path, {"state": "draft"})
    assert patch(creator, path, {"state": "ended"}).status_code == 200
    after = patch(creator, path, {"title": "Launch Year"})

    assert (again.json["error"]["code"], after.json["error"]["code"]) == (
        "creation_published",
        "creation_ended",
    )
    # Publishing it twice is one version; what changed nothing left nothing.
    states = rows("SELECT state FROM creation ORDER BY number")
    assert states == [("draft",), ("draft",), ("published",), ("ended",)]
    [written] = creator.data("/quests/special")
    assert (written["state"], written["document"]["title"]) == ("ended", "Launch Month")


def test_an_achievement_shows_what_is_next_how_far_and_who_has_it(
    creator: Person, hero: Person
) -> None:
    asks = {"all": [reach("class_chosen", 1), reach("quests_claimed", 4)]}
    number = made(creator.post("/achievements", badge(requirement=asks)))
    secret = made(creator.post("/achievements", badge(hidden=True, title="Secret")))
    before = {one["key"]: one for one in hero.data("/achievements")}

    assert hero.post("/users/me/class", {"class": "scout"}).status_code == 200
    creation_runs.count_step({}, datetime.now(UTC), datetime.now(UTC))

    after = {one["key"]: one for one in hero.data("/achievements")}
    mine = after[f"made:{number}"]
    assert f"made:{secret}" not in before
    assert (before[f"made:{number}"]["progress"], before[f"made:{number}"]["is_next"]) == (0, True)
    assert (mine["progress"], mine["threshold"], mine["unlocked_at"]) == (50, 100, None)
    assert mine["words"] == "Choose a class and claim 4 quests"
    assert [(part["progress"], part["target"]) for part in mine["parts"]] == [(1, 1), (0, 4)]
    assert after[f"made:{secret}"]["unlocked_at"] is not None
    assert after[f"made:{secret}"]["share_bp"] == 5_000
    steps = [one for one in after.values() if one["metric"] == "conversions"]
    assert [one["is_next"] for one in steps] == [True] + [False] * (len(steps) - 1)
    [first, second] = creator.data("/achievements/made")
    assert (first["id"], second["id"]) == (secret, number)
    assert differences(datetime.now(UTC), COMPANY) == []


def test_a_withdrawn_achievement_stays_with_those_who_have_it(
    creator: Person, hero: Person
) -> None:
    number = made(creator.post("/achievements", badge()))
    assert hero.post("/users/me/class", {"class": "sage"}).status_code == 200
    assert patch(creator, f"/achievements/{number}", {"state": "ended"}).status_code == 200

    [kept] = [one for one in hero.data("/achievements") if one["key"] == f"made:{number}"]
    others = [one["key"] for one in creator.data("/achievements")]

    assert kept["unlocked_at"] is not None
    assert f"made:{number}" not in others
    assert differences(datetime.now(UTC), COMPANY) == []


def reach_of_today(hero: Person) -> dict[str, Any]:
    """The daily quest about visitors: it can be swapped, and has another in its place."""
    with transaction(WORKER) as tx:
        tx.run("UPDATE member SET level_ever = 4, level_reached = 4 WHERE id = %s",
               (hero.member_id,))  # fmt: skip
    open_app(hero)
    return next(one for one in hero.data("/quests") if one["slot"] == "reach")


def test_a_quest_is_swapped_once_a_day_for_the_next_of_its_slot(hero: Person) -> None:
    old = reach_of_today(hero)
    assert old["can_reroll"] is True

    answer = hero.post(f"/quests/{old['id']}/reroll")

    assert answer.status_code == 200, answer.json
    assert answer.json is not None
    new = answer.json["data"]
    assert {old["template"], new["template"]} == {"spread_the_word", "crowd_puller"}
    assert (new["slot"], new["window"]) == ("reach", "daily")
    now = hero.data("/quests")
    assert old["id"] not in [one["id"] for one in now]
    assert [one["can_reroll"] for one in now] == [False] * len(now)
    other = next(one for one in now if one["slot"] == "result")
    for again in (new["id"], other["id"]):
        refused = hero.post(f"/quests/{again}/reroll")
        assert refused.json is not None
        assert refused.json["error"]["code"] == "reroll_used"
    gone = hero.post(f"/quests/{old['id']}/reroll")
    assert gone.json is not None
    assert gone.json["error"]["code"] == "quest_not_rerollable"


def test_what_was_begun_is_not_swapped_nor_is_a_weekly_quest(hero: Person) -> None:
    reach_of_today(hero)
    quests = hero.data("/quests")
    weekly = next(one for one in quests if one["window"] == "weekly")
    with transaction(WORKER) as tx:
        tx.run("UPDATE quest SET progress = 1, target = 2 WHERE slot = 'reach'")
    begun = next(one for one in quests if one["slot"] == "reach")

    codes = [hero.post(f"/quests/{one['id']}/reroll").json for one in (weekly, begun)]

    assert [code and code["error"]["code"] for code in codes] == ["quest_not_rerollable"] * 2


def test_many_swaps_at_once_swap_one_quest(hero: Person) -> None:
    old = reach_of_today(hero)

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: hero.post(f"/quests/{old['id']}/reroll"), range(10)))

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 9
    assert rows("SELECT count(*) FROM quest WHERE slot LIKE '%%:2'") == [(1,)]


def test_two_hundred_claims_at_once_give_one_reward(hero: Person, creator: Person) -> None:
    made(creator.post("/quests", quest()))
    open_app(hero)
    mine = next(one for one in hero.data("/quests") if one["window"] == "special")

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: hero.post(f"/quests/{mine['id']}/complete"), range(200)))

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 199
    paid = rows("SELECT count(*), sum(xp)::int FROM receipt WHERE kind = 'quest'")
    assert paid == [(1, 200)]


PERK = {"level": 3, "kind": "promo_code", "title": "A tenth off", "content": "TENTH"}


@pytest.mark.parametrize(("level", "is_shown"), [(2, False), (3, True), (4, True)])
def test_a_perk_is_shown_to_those_who_reached_its_level(
    creator: Person,
    hero: Person,
    level: int,
    is_shown: bool,  # noqa: FBT001
) -> None:
    made(creator.post("/perks", PERK))
    with transaction(WORKER) as tx:
        # Reached in an earlier run: what was unlocked stays.
        tx.run("UPDATE member SET level_ever = %s WHERE id = %s", (level, hero.member_id))

    perks = hero.data("/perks")

    assert [perk["content"] for perk in perks] == ["TENTH"] * is_shown
    assert [perk["content"] for perk in creator.data("/perks")] == ["TENTH"]


def test_a_removed_perk_is_gone_for_everybody(creator: Person) -> None:
    number = made(creator.post("/perks", PERK))

    assert creator._ask("DELETE", f"/perks/{number}").status_code == 200
    assert creator._ask("DELETE", f"/perks/{number}").status_code == 404
    assert creator.data("/perks") == []


@pytest.mark.parametrize(
    "content",
    ["javascript:alert(1)", "http://example.com", "https://", "example.com", "https://a b"],
)
def test_a_perks_link_opens_a_page_and_nothing_else(creator: Person, content: str) -> None:
    answer = creator.post("/perks", {**PERK, "kind": "link", "content": content})

    assert answer.status_code == 422
    assert (
        creator.post(
            "/perks", {**PERK, "kind": "link", "content": "https://example.com/x"}
        ).status_code
        == 200
    )
