"""What is not asked for in the agreed way is refused by name, and never breaks anything."""

from __future__ import annotations

import base64
import json
from typing import Any

from flask.testing import FlaskClient
from marshmallow import class_registry, validate

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


def test_what_is_unknown_is_told_with_what_is_known(hero: Person) -> None:
    def message(answer: Any) -> str:
        return str(answer.json["error"]["message"])

    assert message(hero.get("/users/me/receipts", page=2)) == (
        "This address has no query parameter page; it takes after, limit."
    )
    assert message(hero.get("/users/me/profile", page=2)) == (
        "This address takes no query parameters, but has: page."
    )
    assert message(hero.post("/users/me/class", {"class": "scout", "colour": "red"})) == (
        "This address has no field colour; it takes class."
    )
    assert message(hero.post("/websocket", {"x": 1})) == (
        "This address has no field x; it takes none."
    )
    assert len(message(hero.get("/quests", **{"x" * 5000: 1}))) < 300


def test_a_pattern_is_told_in_words(client: FlaskClient, operator: Person) -> None:
    short = fields_of(operator.post("/ops/dead-letters/1/discard", {"reason": " "}))
    entered = client.post(
        f"{API}/auth", json={"experience_id": "1"}, headers={"x-whop-user-token": "x"}
    )

    assert short["reason"] == ["Must say something, in 500 characters at most."]
    assert fields_of(entered)["experience_id"] == [
        "Must be exp_ and then 1 to 64 letters, digits or underscores."
    ]


def test_no_schema_speaks_in_patterns(client: FlaskClient) -> None:
    spoken = [
        (name, one.error)
        for schemas in class_registry._registry.values()
        for schema in schemas
        for name, field in schema._declared_fields.items()
        for one in field.validators
        if isinstance(one, validate.Regexp)
    ]

    assert len(spoken) >= 3
    assert [name for name, words in spoken if "pattern" in words] == []


def test_an_unknown_address_method_or_size_says_what_is_known(
    client: FlaskClient, hero: Person
) -> None:
    nowhere, old = client.get("/api/v1/nowhere"), client.get("/api/v2/me")
    outside = client.get("/nowhere.php")
    wrong = client.delete("/api/v1/commissions", json={})
    large = client.post(
        f"{API}/users/me/class",
        data=b" " * 300_000,
        headers={"Authorization": f"Bearer {hero.token}", "Content-Type": "application/json"},
    )

    def error(answer: Any) -> dict[str, Any]:
        return dict(answer.json["error"])

    for answer in (nowhere, old):
        assert answer.status_code == 404
        assert error(answer)["message"] == (
            "There is nothing at this address. The API is version 1, under /api/v1;"
            " /api/docs describes every route."
        )
        assert error(answer)["details"] == {"api": "/api/v1", "documentation": "/api/docs"}
    assert error(outside)["message"] == "There is nothing at this address."
    assert wrong.status_code == 405
    assert error(wrong)["details"]["methods"] == ["GET", "HEAD", "OPTIONS"]
    assert error(wrong)["message"] == "This address takes GET, HEAD and OPTIONS, not DELETE."
    assert large.status_code == 413
    assert error(large)["message"] == "The body is larger than 256 KiB."
    assert error(large)["details"] == {"limit_bytes": 262_144}


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
