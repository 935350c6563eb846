"""What is not asked for in the agreed way is refused by name, and never breaks anything."""

from __future__ import annotations

import base64
import json
from typing import Any

from flask.testing import FlaskClient

from tests.support.company_life import API, Person


def fields_of(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 422, answer.json
    assert answer.json["error"]["code"] == "validation_failed"
    return dict(answer.json["error"]["details"]["fields"])


def test_an_unknown_field_is_refused_by_name(hero: Person) -> None:
    assert "colour" in fields_of(hero.post("/users/me/class", {"class": "scout", "colour": "red"}))
    assert "x" in fields_of(hero.post("/referrals/generate", {"x": 1}))
    assert hero.data("/users/me/profile")["character_class"] is None


def test_an_unknown_query_parameter_is_refused_on_every_route(hero: Person) -> None:
    for path in ("/users/me/profile", "/quests", "/company", "/quests/1", "/referrals/stats"):
        assert fields_of(hero.get(path, page=2)) == {"page": ["Unknown field."]}, path


def test_a_limit_outside_one_to_a_hundred_is_refused(hero: Person) -> None:
    for limit in ("0", "101", "-1", "many", "1.5", ""):
        assert "limit" in fields_of(hero.get("/users/me/receipts", limit=limit)), limit


def cursor(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


NEVER_GIVEN = [
    "",
    "ä",
    "!!!",
    "x" * 5000,
    cursor(),
    cursor("1"),
    cursor(True),
    cursor(2**70),
    cursor(1, 2),
    cursor(None),
    cursor({"a": 1}),
    base64.urlsafe_b64encode(b"[" * 3000).decode(),
]


def test_a_cursor_we_never_gave_is_refused(hero: Person) -> None:
    for after in NEVER_GIVEN:
        assert "after" in fields_of(hero.get("/users/me/receipts", after=after)), after


OF_OTHER_LISTS = [
    ("2026-11-22", "x"),
    ("now", "x"),
    ("2026-11-22T00:00:00+00:00", "a\x00b"),
    (1, 2),
    ("2026-11-22T00:00:00", "x"),
    ("0001-01-01T00:00:00+23:00", "x"),
    ("9999-12-31T23:59:59-23:59", "x"),
]


def test_a_cursor_of_another_list_is_refused(hero: Person) -> None:
    for parts in OF_OTHER_LISTS:
        assert "after" in fields_of(hero.get("/commissions", after=cursor(*parts))), parts


def test_a_cursor_spelt_as_only_some_readers_do_breaks_nothing(hero: Person) -> None:
    for moment in (
        "2026-W47-7T00:00:00+00:00",
        "2026-11-22T00:00:00+23:59",
        "2026-11-22T00:00:00,5+00:00",
        "2026-11-22\x0000:00:00+00:00",
        "2026-11-22\ud80000:00:00+00:00",
        "2026-11-22T00:00:00+00:00:00.000001",
    ):
        assert hero.get("/commissions", after=cursor(moment, "x")).status_code == 200, moment


UNSTORABLE = ("a\x00b", "a\ud800b")


def test_a_text_no_column_can_hold_is_refused_by_field(hero: Person, operator: Person) -> None:
    for text in UNSTORABLE:
        assert "class" in fields_of(hero.post("/users/me/class", {"class": text}))
        assert "note" in fields_of(operator.post("/ops/dead-letters/1/replay", {"note": text}))
        assert "reason" in fields_of(operator.post("/ops/dead-letters/1/discard", {"reason": text}))
    for name in ("type", "company", "error_group"):
        assert name in fields_of(operator.get("/ops/dead-letters", **{name: "a\x00b"}))
    assert "company" in fields_of(operator.get("/ops/audit", company="\x00"))


def test_a_path_no_row_can_have_is_not_found(hero: Person, operator: Person) -> None:
    for path in ("/users/%00", "/users/user_%00", "/quests/%00"):
        assert hero.get(path).status_code == 404, path
    assert operator.get("/ops/jobs/%00").status_code == 404


def test_a_moment_outside_the_calendar_is_refused(operator: Person) -> None:
    for moment in ("0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:59", "2026-11-22"):
        assert "since" in fields_of(operator.get("/ops/dead-letters", since=moment)), moment
    assert operator.get("/ops/dead-letters", until="2026-11-22T00:00:00+23:59").status_code == 200


def test_a_number_is_a_whole_number_and_no_text(hero: Person) -> None:
    for number in (0.5, "1", True, None, -1, 2**63):
        assert "up_to" in fields_of(hero.post("/notifications/read", {"up_to": number})), number


BODIES = [
    (b"{", 400),
    (b"\xff\xfe", 400),
    (b"[" * 5000, 400),
    (b'{"class": NaN}', 400),
    (b'{"class": 1' + b"0" * 50 + b"}", 400),
    (b"[]", 422),
    (b'"scout"', 422),
    (b"null", 422),
    (b'{"class": 1}', 422),
    (b'{"class": {"a": 1}}', 422),
    (b"", 422),
]


def test_a_body_that_is_not_what_it_should_be_never_breaks_anything(hero: Person) -> None:
    headers = {"Authorization": f"Bearer {hero.token}", "Content-Type": "application/json"}
    for body, status in BODIES:
        answer = hero.client.post(f"{API}/users/me/class", data=body, headers=headers)

        assert answer.status_code == status, (body, answer.data)
        assert answer.json is not None
        assert answer.json["success"] is False


def test_a_body_that_is_no_json_is_refused_as_such(hero: Person) -> None:
    answer = hero.client.post(
        f"{API}/users/me/class",
        data="class=scout",
        headers={
            "Authorization": f"Bearer {hero.token}",
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )

    assert answer.status_code == 415


def test_every_answer_has_the_envelope_and_a_request_id(hero: Person) -> None:
    good, bad = hero.get("/users/me/profile"), hero.get("/quests/1")

    for answer in (good, bad):
        assert answer.json is not None
        assert set(answer.json) == {"success", "data", "error", "meta"}
        assert answer.json["meta"]["request_id"] == answer.headers["X-Request-ID"]
        assert answer.headers["Cache-Control"] == "no-store"
    assert good.json is not None
    assert good.json["error"] is None
    assert bad.json is not None
    assert bad.json["data"] is None


def test_an_anonymous_caller_is_told_to_sign_in(client: FlaskClient) -> None:
    answer = client.get(f"{API}/users/me/profile")

    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["error"]["code"] == "session_missing"
