"""Quests are shown while they matter, and their reward is granted once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from flask.testing import FlaskClient

from game.rules.metrics import BADGE_METRICS, QUEST_METRICS
from game.services.progress.acts import record_visit
from models.session import WORKER, transaction
from tests.support.company_life import Person, rows, sign_in
from tests.web.api.conftest import COMPANY


def open_app(person: Person) -> None:
    record_visit(person.company_id, person.member_id, datetime.now(UTC))


def finish(person: Person, quest_id: str) -> None:
    with transaction(WORKER) as tx:
        tx.run(
            "UPDATE quest SET state = 'completed', progress = target, completed_at = now() "
            "WHERE company_id = %s AND id = %s",
            (person.company_id, int(quest_id)),
        )


def test_todays_quests_are_listed_with_their_words(hero: Person) -> None:
    open_app(hero)

    quests = hero.data("/quests")

    assert [one["window"] for one in quests].count("daily") == 3
    assert {one["slot"] for one in quests if one["window"] == "daily"} == {
        "effort",
        "reach",
        "result",
    }
    for one in quests:
        assert one["title"]
        assert one["description"]
        assert one["difficulty"] == "easy"
        assert one["starts_at"] <= one["ends_at"]
    detail = hero.data(f"/quests/{quests[0]['id']}")
    assert detail.pop("facts") is not None  # what counted is told of one quest alone
    assert detail == quests[0]


def test_claiming_grants_the_reward_and_answers_with_the_new_state(hero: Person) -> None:
    open_app(hero)
    quest = next(one for one in hero.data("/quests") if one["slot"] == "result")
    finish(hero, quest["id"])

    answer = hero.post(f"/quests/{quest['id']}/complete")

    assert answer.status_code == 200, answer.json
    assert answer.json is not None
    claim = answer.json["data"]
    assert claim["quest"]["state"] == "claimed"
    assert claim["quest"]["claimed_at"] is not None
    assert claim["xp_awarded"] == quest["reward_xp"]
    assert claim["member"] == hero.data("/users/me/profile")
    receipts = [one for one in hero.data("/users/me/receipts") if one["kind"] == "quest"]
    assert [(one["title"], one["xp"]) for one in receipts] == [
        (f"Quest: {quest['title']}", quest["reward_xp"])
    ]


def test_ten_claims_at_once_pay_one_reward(hero: Person) -> None:
    open_app(hero)
    quest = next(one for one in hero.data("/quests") if one["slot"] == "result")
    finish(hero, quest["id"])

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: hero.post(f"/quests/{quest['id']}/complete"), range(10)))

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] + [409] * 9
    paid = rows("SELECT count(*), sum(xp) FROM receipt WHERE kind = 'quest'")
    assert paid == [(1, quest["reward_xp"])]


def test_an_unfinished_quest_pays_nothing(hero: Person) -> None:
    open_app(hero)
    quest = next(one for one in hero.data("/quests") if one["slot"] == "result")

    answer = hero.post(f"/quests/{quest['id']}/complete")

    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["error"]["code"] == "quest_not_complete"
    assert rows("SELECT count(*) FROM receipt WHERE kind = 'quest'") == [(0,)]


def test_a_finished_quest_stays_listed_until_its_window_closes(hero: Person) -> None:
    open_app(hero)
    finished, missed = [one["id"] for one in hero.data("/quests")][:2]
    finish(hero, finished)
    with transaction(WORKER) as tx:
        tx.run(
            "UPDATE quest SET ends_at = now() - interval '1 hour' WHERE id = ANY(%s)",
            ([int(finished), int(missed)],),
        )

    listed = {one["id"] for one in hero.data("/quests")}

    assert finished in listed
    assert missed not in listed
    assert hero.data(f"/quests/{missed}")["state"] == "assigned"


def test_somebody_elses_quest_is_not_found(hero: Person, client: FlaskClient) -> None:
    open_app(hero)
    quest = hero.data("/quests")[0]["id"]
    finish(hero, quest)
    friend = sign_in(client, COMPANY, "user_friend")

    assert friend.get(f"/quests/{quest}").status_code == 404
    assert friend.post(f"/quests/{quest}/complete").status_code == 404
    assert hero.data(f"/quests/{quest}")["state"] == "completed"


def test_numbers_no_quest_can_have_are_not_found(hero: Person) -> None:
    for number in ("0", str(2**63), "9" * 40, "abc", "1.5"):
        assert hero.get(f"/quests/{number}").status_code == 404, number


def test_what_nobody_can_reach_yet_is_neither_shown_nor_dealt(hero: Person) -> None:
    open_app(hero)

    badges, quests = hero.data("/achievements", limit=100), hero.data("/quests")

    assert {one["metric"] for one in badges} == set(BADGE_METRICS)
    assert {one["target_type"] for one in quests} <= set(QUEST_METRICS)


def test_achievements_show_the_way_to_each_badge(hero: Person) -> None:
    hero.post("/users/me/class", {"class": "sage"})

    badges = {one["key"]: one for one in hero.data("/achievements")}

    assert badges["class_chosen_1"]["unlocked_at"] is not None
    assert badges["class_chosen_1"]["progress"] == 1
    assert badges["conversions_5"]["unlocked_at"] is None
    assert (badges["conversions_5"]["progress"], badges["conversions_5"]["threshold"]) == (0, 5)
    assert badges["earned_usd_10000"]["rarity"] == "legendary"
    assert len(hero.data("/achievements", limit=7)) == 7
