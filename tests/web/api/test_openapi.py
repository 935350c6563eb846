"""The OpenAPI document tells the truth: every route, its role, its refusals, its real answers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from game.rules.ruleset import default_document
from tests.support.company_life import (
    Person,
    close_this_week,
    code_of,
    pay,
    refund,
    settle,
    sign_in,
)
from tests.web.api.conftest import COMPANY
from tests.web.api.test_ops import bury
from tests.web.api.test_quests import open_app
from web.errors import CODE_OF_STATUS, STATUS_OF_REFUSAL

ROOT = Path(__file__).parents[3]
REFUSAL = re.compile(r"(?:Refusal\(|NotGenuine\(|Turned\(\s*\d+,|_come_again\()\s*\"(\w+)\"")
UNDOCUMENTED = {"/api/v1/openapi.json"}


@pytest.fixture
def spec(client: FlaskClient) -> dict[str, Any]:
    found = client.get("/api/v1/openapi.json").json
    assert found is not None
    return dict(found)


def operations(spec: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, told)
        for path, item in spec["paths"].items()
        for method, told in item.items()
        if method in ("get", "post", "put", "patch", "delete")
    ]


def test_every_route_of_the_api_is_in_the_document(app: Flask, spec: dict[str, Any]) -> None:
    routes = {
        re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
    }

    assert routes - UNDOCUMENTED == set(spec["paths"])


def test_every_route_says_what_it_does_and_what_it_answers(spec: dict[str, Any]) -> None:
    for method, path, told in operations(spec):
        assert told.get("summary"), (method, path)
        assert "200" in told["responses"], (method, path)
        if told.get("x-role"):
            assert told["security"] == [{"session": []}], (method, path)
            assert {"401", "403"} <= set(told["responses"]), (method, path)
    assert spec["components"]["securitySchemes"]["session"]["scheme"] == "bearer"


def test_every_route_says_that_it_refuses_what_it_does_not_know(spec: dict[str, Any]) -> None:
    for method, path, told in operations(spec):
        assert "`validation_failed`" in told["responses"]["422"]["description"], (method, path)


def test_routes_with_a_rate_limit_say_so(spec: dict[str, Any]) -> None:
    limited = {path for _, path, told in operations(spec) if "429" in told["responses"]}

    assert {
        "/api/v1/auth",
        "/api/v1/referrals/generate",
        "/api/v1/websocket",
    } <= limited


def test_every_refusal_is_explained_in_the_book_of_errors(spec: dict[str, Any]) -> None:
    explained = codes_explained()
    told = {
        code
        for _, _, operation in operations(spec)
        for status, answer in operation["responses"].items()
        if status >= "400" and status != "default"
        for code in re.findall(r"`(\w+)`", answer["description"])
    }

    known = told | set(STATUS_OF_REFUSAL) | set(CODE_OF_STATUS.values()) | {"internal"}
    assert known - explained == set()


def test_every_refusal_in_the_code_is_explained_too() -> None:
    explained = codes_explained()
    raised = {
        code
        for folder in ("game", "web")
        for file in (ROOT / folder).rglob("*.py")
        for code in re.findall(REFUSAL, file.read_text())
    }

    assert raised
    assert raised - explained == set()


def test_what_routes_answer_fits_the_shapes_they_promise(
    client: FlaskClient, hero: Person, operator: Person, spec: dict[str, Any]
) -> None:
    creator = sign_in(client, COMPANY, "user_creator", "creator")
    people = {"admin": operator, "moderator": creator, "creator": creator}
    asked = creator.post("/rules/preview", {"document": default_document()})
    assert asked.json is not None
    preview = asked.json["data"]["id"]
    code = code_of(hero)
    open_app(hero)
    payment = pay(COMPANY, "user_one", code)
    settle()
    refund(COMPANY, payment, "44.10")
    settle()
    bury(COMPANY)
    close_this_week(COMPANY)
    quest = hero.data("/quests")[0]["id"]
    guild = hero.post("/guilds", {"name": "Ours"}).json["data"]["id"]  # type: ignore[index]
    values = {"{member}": str(hero.member_id), "{quest_id}": quest, "{letter_id}": "1",
              "{name}": "scout", "{number}": "1",
              "{job}": "quests.assign", "{preview_id}": preview, "{code}": code,
              "{buyer}": "user_one", "{guild_id}": guild}  # fmt: skip

    for method, path, told in operations(spec):
        if method != "get" or not told.get("x-role"):
            continue
        person = people.get(told["x-role"], hero)
        for name, value in values.items():
            path = path.replace(name, value)  # noqa: PLW2901
        answer = person.get(path.removeprefix("/api/v1"))
        assert answer.status_code == 200, (path, answer.json)
        content = told["responses"]["200"].get("content")
        if content is None:
            assert answer.mimetype == "image/png"  # a picture has no shape to fit
            continue
        schema = content["application/json"]["schema"]
        problems = list(misfits(answer.json, schema, spec, path))
        assert problems == []


def codes_explained() -> set[str]:
    text = (ROOT / "docs/errors.md").read_text()
    return set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))


KINDS = {"string": str, "integer": int, "boolean": bool, "object": dict, "array": list}


def misfits(value: Any, schema: dict[str, Any], spec: dict[str, Any], place: str) -> list[str]:
    """Where a value is not what a schema says; unknown and missing fields included."""
    several = (*schema.get("allOf", ()), *schema.get("anyOf", ()))
    if value is None:
        can_be_null = any(one.get("nullable") for one in (schema, *several))
        return [] if can_be_null else [f"{place}: null"]
    for one in (schema, *several, chosen(value, schema)):
        if "$ref" in one:
            name = one["$ref"].rpartition("/")[2]
            return misfits(value, spec["components"]["schemas"][name], spec, place)
    if not isinstance(value, KINDS.get(schema.get("type", ""), object)):
        return [f"{place}: {value!r} is no {schema['type']}"]
    if value not in schema.get("enum", [value]):
        return [f"{place}: {value!r} is none of {schema['enum']}"]
    if isinstance(value, list):
        return [one for each in value for one in misfits(each, schema["items"], spec, f"{place}[]")]
    return misfits_inside(value, schema, spec, place)


def chosen(value: Any, schema: dict[str, Any]) -> dict[str, Any]:
    """Which of several shapes an object says it has; a word nobody knows is a KeyError."""
    if "discriminator" not in schema:
        return {}
    by = schema["discriminator"]
    return {"$ref": by["mapping"][value[by["propertyName"]]]}


def misfits_inside(
    value: Any, schema: dict[str, Any], spec: dict[str, Any], place: str
) -> list[str]:
    """The same for the fields of an object; an object without named fields may hold anything."""
    known, required = schema.get("properties"), set(schema.get("required", ()))
    if known is None:
        return []
    found = [f"{place}.{name}: unknown" for name in set(value) - set(known)]
    found += [f"{place}.{name}: missing" for name in required - set(value)]
    for name in set(value) & set(known):
        found += misfits(value[name], known[name], spec, f"{place}.{name}")
    return found
