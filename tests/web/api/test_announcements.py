"""What is announced reaches each member who is there once; who may announce what to whom."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from game.services.notices import announcements
from game.services.notices.announcements import Words, tell_step
from models.session import WORKER, transaction
from tests.support.company_life import Person, rows, sign_in
from tests.support.news import readers
from tests.support.settling import differences
from tests.support.telling import as_owner
from tests.web.api.conftest import COMPANY

NEWS = {"severity": "info", "title": "Double week", "text": "Every sale counts twice as fun."}


@pytest.fixture
def creator(client: FlaskClient) -> Person:
    return sign_in(client, COMPANY, "user_creator", "creator")


def heard(person: Person) -> list[dict[str, str]]:
    notices = person.data("/notifications")["notices"]
    return [one["data"] for one in notices if one["type"] == "system_notification"]


def test_a_creators_words_reach_every_member_of_the_company_and_nobody_else(
    creator: Person, hero: Person, stranger: Person
) -> None:
    answer = creator.post("/announcements", NEWS)

    assert answer.status_code == 200, answer.json
    assert heard(hero) == heard(creator) == [NEWS]
    assert heard(stranger) == []
    [shown] = creator.data("/announcements")
    assert (shown["title"], shown["told"], shown["is_done"]) == ("Double week", 2, True)
    assert differences(datetime.now(UTC), COMPANY) == []
    audit = rows("SELECT company_id, actor, subject FROM audit WHERE action = 'announcement.post'")
    assert audit == [(COMPANY, "user_creator", "Double week")]


def test_an_operators_words_reach_every_company(
    operator: Person, hero: Person, stranger: Person
) -> None:
    assert operator.post("/announcements", NEWS | {"to": "all"}).status_code == 200
    while tell_step({}, datetime.now(UTC), datetime.now(UTC)) is not None:
        pass

    assert heard(hero) == heard(stranger) == [NEWS]
    assert rows("SELECT DISTINCT by_operator FROM announcement") == [(True,)]


def test_only_a_creator_announces_and_only_an_operator_to_all(
    client: FlaskClient, hero: Person, creator: Person, operator: Person
) -> None:
    moderator = sign_in(client, COMPANY, "user_mod", "moderator")

    for person, to in (
        (hero, "company"), (moderator, "company"), (operator, "company"), (creator, "all")
    ):  # fmt: skip
        assert person.post("/announcements", NEWS | {"to": to}).status_code == 403
    assert hero.get("/announcements").status_code == 403
    assert heard(hero) == []


@pytest.mark.parametrize(
    "change", [{"severity": "loud"}, {"title": " "}, {"title": "x" * 81}, {"text": ""}, {"x": 1}]
)
def test_words_that_say_nothing_or_too_much_are_refused(
    creator: Person, change: dict[str, object]
) -> None:
    assert creator.post("/announcements", NEWS | change).status_code == 422


def test_a_large_company_is_told_in_steps_and_nobody_twice(
    creator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(announcements, "MEMBERS_A_STEP", 3)
    people = readers(COMPANY, [f"user_{number}" for number in range(7)])
    now = datetime.now(UTC)
    announcements.say(Words("warning", "Soon", "We move."), "user_creator", COMPANY, now)
    late = sign_in(creator.client, COMPANY, "user_late")

    steps = 0
    while tell_step({}, now, now) is not None:
        steps += 1

    assert steps == 2  # after the first one, of the request itself
    counted = "SELECT member_id, count(*) FROM notice WHERE type = 'system_notification' GROUP BY 1"
    assert dict(rows(counted)) == {one.member_id: 1 for one in people} | {creator.member_id: 1}
    assert heard(late) == []
    assert differences(now, COMPANY) == []


def test_verify_names_a_forged_announcement(creator: Person, hero: Person) -> None:
    creator.post("/announcements", NEWS)
    for forgery, named in (
        ("UPDATE announcement SET text = 'Nothing'", "announcement and its notices"),
        ("UPDATE announcement SET told = 9", "announcement.told"),
    ):
        as_owner(forgery)
        assert any(named in one for one in differences(datetime.now(UTC), COMPANY))
    with transaction(WORKER) as tx:
        assert tx.rows("SELECT count(*) FROM notice WHERE member_id = %s", (hero.member_id,))
