"""What a read costs on the way: nothing twice, and little the first time."""

from __future__ import annotations

import gzip
import json

import brotli
from flask.testing import FlaskClient

from tests.support.company_life import Person, code_of, pay, settle
from tests.web.api.conftest import COMPANY
from tests.web.api.test_quests import open_app

PATH = "/api/v1/quests"


def asked(hero: Person, **headers: str) -> dict[str, str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"Authorization": f"Bearer {hero.token}", **named}


def test_what_has_not_changed_is_not_sent_again(client: FlaskClient, hero: Person) -> None:
    open_app(hero)
    first = client.get(PATH, headers=asked(hero))

    again = client.get(PATH, headers=asked(hero, If_None_Match=first.headers["ETag"]))

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == "no-store"
    assert again.headers["X-Request-ID"]


def test_what_has_changed_has_another_tag(client: FlaskClient, hero: Person) -> None:
    path = "/api/v1/users/me/profile"
    first = client.get(path, headers=asked(hero))
    pay(COMPANY, "user_buyer", code_of(hero))
    settle()

    again = client.get(path, headers=asked(hero, If_None_Match=first.headers["ETag"]))

    assert again.status_code == 200
    assert again.headers["ETag"] != first.headers["ETag"]


def test_a_page_of_a_list_is_told_from_the_next(client: FlaskClient, hero: Person) -> None:
    open_app(hero)
    one = client.get(f"{PATH}?limit=1", headers=asked(hero))
    two = client.get(f"{PATH}?limit=2", headers=asked(hero))

    assert one.headers["ETag"] != two.headers["ETag"]


def test_long_answers_are_compressed_and_short_ones_are_not(
    client: FlaskClient, hero: Person
) -> None:
    open_app(hero)

    plain = client.get(PATH, headers=asked(hero))
    as_brotli = client.get(PATH, headers=asked(hero, Accept_Encoding="gzip, br"))
    as_gzip = client.get(PATH, headers=asked(hero, Accept_Encoding="gzip"))
    short = client.get("/api/v1/company", headers=asked(hero, Accept_Encoding="gzip, br"))

    data = json.loads(plain.data)["data"]
    assert json.loads(brotli.decompress(as_brotli.data))["data"] == data
    assert json.loads(gzip.decompress(as_gzip.data))["data"] == data
    assert as_brotli.headers["ETag"] == plain.headers["ETag"]
    assert "Accept-Encoding" in as_brotli.headers["Vary"]
    assert "Content-Encoding" not in short.headers


def test_nothing_that_holds_a_secret_is_compressed(client: FlaskClient) -> None:
    answer = client.post(
        "/api/v1/auth",
        json={"experience_id": "x" * 5_000},
        headers={"Accept-Encoding": "gzip, br"},
    )

    assert "Content-Encoding" not in answer.headers
    assert "ETag" not in answer.headers
