"""Creators change the rules; everybody else reads what they are worth."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from game.rules.ruleset import default_document
from game.services.previews import working
from tests.support.company_life import Person, code_of, pay, rows, settle, sign_in
from tests.web.api.conftest import COMPANY, OTHER_COMPANY


@pytest.fixture
def creator(client: FlaskClient) -> Person:
    return sign_in(client, COMPANY, "user_creator", "creator")


def told(answer: TestResponse) -> Any:
    assert answer.json is not None
    return answer.json


def test_only_creators_get_the_rules_whole_and_change_them(
    client: FlaskClient, hero: Person, creator: Person
) -> None:
    moderator = sign_in(client, COMPANY, "user_moderator", "moderator")

    seen = creator.data("/rules")

    assert seen["document"] == default_document()
    assert seen["newest"] == {"version": 1, "valid_from": None}
    body = {"document": seen["document"], "based_on": 1}
    for other in (hero, moderator):
        assert other.data("/rules")["document"] is None
        assert other.data("/rules")["newest"] is None
        assert other.post("/rules", body).status_code == 403
        assert other.post("/rules/preview", {"document": body["document"]}).status_code == 403
        assert other.get("/rules/previews/1").status_code == 403


def test_a_preview_is_asked_for_followed_and_read(creator: Person, hero: Person) -> None:
    pay(COMPANY, "user_buyer", code_of(hero))
    settle()
    document = default_document()
    document["commission"]["rate_bp"] = 2000

    asked = creator.post("/rules/preview", {"document": document, "days": 7})
    preview_id = told(asked)["data"]["id"]
    running = creator.data(f"/rules/previews/{preview_id}")
    working.work(COMPANY, int(preview_id))
    done = creator.data(f"/rules/previews/{preview_id}")

    assert asked.status_code == 200
    assert (running["state"], running["done"], running["result"]) == ("running", 0, None)
    assert running["total"] >= 2
    assert done["state"] == "done"
    [pair] = done["result"]["commission"]
    assert pair["then"]["amount_minor"] == 2 * pair["now"]["amount_minor"] > 0
    assert pair["now"]["currency"] == "usd"
    [gains] = done["result"]["most_gained"]
    assert gains["member_id"] == str(hero.data("/users/me/profile")["id"])
    assert done["result"]["members"]["gain"] == 1


def test_previews_of_another_company_are_not_there(client: FlaskClient, creator: Person) -> None:
    other = sign_in(client, OTHER_COMPANY, "user_creator2", "creator")
    mine = told(creator.post("/rules/preview", {"document": default_document()}))["data"]["id"]

    assert other.get(f"/rules/previews/{mine}").status_code == 404
    assert creator.get(f"/rules/previews/{2**63 - 1}").status_code == 404


def test_a_draft_that_cannot_hold_is_refused_with_every_problem(creator: Person) -> None:
    document = default_document()
    document["commission"]["hold_days"] = -1
    del document["rarity"]

    for path, body in (("/rules", {"based_on": 1}), ("/rules/preview", {})):
        answer = creator.post(path, {"document": document, **body})
        assert answer.status_code == 422
        assert told(answer)["error"]["code"] == "invalid_rules"
        assert len(told(answer)["error"]["details"]["problems"]) == 2
    assert rows("SELECT count(*) FROM rule_set") == [(0,)]


def test_a_published_version_is_what_the_next_draft_is_made_of(creator: Person) -> None:
    document = default_document()
    document["xp"]["lesson"]["points"] = 6

    published = creator.post("/rules", {"document": document, "based_on": 1})
    again = creator.post("/rules", {"document": document, "based_on": 1})

    assert published.status_code == 200
    assert told(published)["data"]["version"] == 2
    assert (again.status_code, told(again)["error"]["code"]) == (409, "rules_changed")
    newest = creator.data("/rules")
    assert newest["newest"]["version"] == newest["document"]["version"] == 2
    assert newest["document"]["xp"]["lesson"]["points"] == 6
