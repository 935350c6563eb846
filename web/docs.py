"""`/api/docs`: the OpenAPI document as a page people read. Our own files, no script at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template

Json = Mapping[str, Any]

docs = Blueprint(
    "docs",
    __name__,
    template_folder="templates",
    static_folder="docs_assets",
    static_url_path="/api/docs/assets",
)

CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
METHODS = ("get", "post", "put", "patch", "delete")
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a shape: a property of an object, or a parameter."""

    name: str
    type: str
    is_required: bool
    words: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One route as the page shows it."""

    method: str
    path: str
    anchor: str
    summary: str
    description: str
    role: str
    parameters: list[Field]
    body: list[Field]
    answers: list[tuple[str, str, str]]
    """(status, words, name of the shape its data has)."""


@docs.get("/api/docs")
def read() -> Response:
    """Every route by subject, then every shape."""
    spec = _spec()
    response = make_response(
        render_template(
            "api_docs.html",
            info=spec["info"],
            subjects=_by_subject(spec),
            shapes=_shapes(spec),
        )
    )
    response.headers["Content-Security-Policy"] = CONTENT_POLICY
    return response


def _spec() -> Json:
    found = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec.to_dict()
    return dict(found)


def _by_subject(spec: Json) -> list[tuple[str, str, list[Operation]]]:
    """(subject, its description, its routes) in the order of the document."""
    found: dict[str, list[Operation]] = {}
    for operation, subject in _operations(spec):
        found.setdefault(subject, []).append(operation)
    described = {tag["name"]: tag.get("description", "") for tag in spec.get("tags", ())}
    return [(name, described.get(name, ""), routes) for name, routes in found.items()]


def _operations(spec: Json) -> Iterator[tuple[Operation, str]]:
    for path, item in spec["paths"].items():
        for method in METHODS:
            if method in item:
                told = item[method]
                yield _operation(path, method, item, told), next(iter(told.get("tags", ())), "")


def _operation(path: str, method: str, item: Json, told: Json) -> Operation:
    body = told.get("requestBody", {}).get("content", {}).get(JSON, {}).get("schema", {})
    return Operation(
        method=method.upper(),
        path=path,
        anchor=f"{method}-{path.strip('/').replace('/', '-')}",
        summary=told.get("summary", ""),
        description=told.get("description", ""),
        role=told.get("x-role", ""),
        parameters=[
            Field(
                one["name"],
                f"{_type(one.get('schema', {}))} in {one['in']}",
                one.get("required", False),
                one.get("description", ""),
            )
            for one in (*item.get("parameters", ()), *told.get("parameters", ()))
            if "name" in one
        ],
        body=_fields(_resolved(body)),
        answers=[_answer(status, one) for status, one in told["responses"].items()],
    )


def _answer(status: str, told: Json) -> tuple[str, str, str]:
    if "$ref" in told:
        return status, "Any other error.", ""
    schema = told.get("content", {}).get(JSON, {}).get("schema", {})
    return status, told.get("description", ""), _name(schema)


def _shapes(spec: Json) -> list[tuple[str, str, list[Field]]]:
    """(name, words, fields) of every shape, by name."""
    schemas = spec.get("components", {}).get("schemas", {})
    return [
        (name, told.get("description", ""), _fields(told)) for name, told in sorted(schemas.items())
    ]


def _fields(told: Json) -> list[Field]:
    """The properties of an object; of a choice, what each word in `discriminator` stands for."""
    if "discriminator" in told:
        by, kinds = told["discriminator"]["propertyName"], told["discriminator"]["mapping"]
        return [
            Field(f"{by} {word}", reference.rpartition("/")[2], False, "")
            for word, reference in kinds.items()
        ]
    required = told.get("required", ())
    return [
        Field(name, _type(one), name in required, one.get("description", ""))
        for name, one in told.get("properties", {}).items()
    ]


def _resolved(told: Json) -> Json:
    """The shape a reference names; the shape itself where it is none."""
    if "$ref" not in told:
        return told
    schemas = _spec()["components"]["schemas"]
    return dict(schemas[_name(told)])


def _type(told: Json) -> str:
    """A type in words: `string`, `list of Quest`, `one of a, b`."""
    name = _name(told)
    if name:
        return name
    for part in (*told.get("allOf", ()), *told.get("anyOf", ()), *told.get("oneOf", ())):
        return f"{_type(part)} or null" if told.get("nullable") else _type(part)
    words = str(told.get("format") or told.get("type") or "anything")
    if told.get("type") == "array":
        words = f"list of {_type(told.get('items', {}))}"
    if "enum" in told:
        words = "one of " + ", ".join(str(value) for value in told["enum"])
    return f"{words} or null" if told.get("nullable") else words


def _name(told: Json) -> str:
    return str(told.get("$ref", "")).rpartition("/")[2]
