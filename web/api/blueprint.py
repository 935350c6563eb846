"""A group of API routes: answers in the envelope, roles and refusals in the OpenAPI document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import cache, wraps
from typing import Any, TypeVar, cast

from flask import g, request
from flask_smorest import Blueprint, abort
from marshmallow import Schema, fields

from web.api.envelope_schemas import AnswerSchema, FailureSchema, PageSchema
from web.api.parsing import LONGEST_NAMES, MOST_NAMED, StrictParser
from web.envelope import success
from web.errors import STATUS_OF_REFUSAL

View = TypeVar("View", bound=Callable[..., Any])
CONFLICT = 409
SIGNED_IN = ("session_missing", "session_invalid", "session_expired", "banned", "forbidden")
"""What every route behind a session may refuse."""


class ApiBlueprint(Blueprint):  # type: ignore[misc]
    """flask-smorest's blueprint in our envelope. Unknown query parameters are refused."""

    ARGUMENTS_PARSER = StrictParser()

    def add_url_rule(
        self, rule: str, endpoint: str | None = None, view_func: Any = None, **options: Any
    ) -> None:
        """Register a view, with its demands written into the document."""
        described = deepcopy(getattr(view_func, "_apidoc", {}))
        role = getattr(view_func, "required_role", None)
        if role is not None:
            manual = described.setdefault("manual_doc", {})
            manual["security"] = [{"session": []}]
            manual["x-role"] = role
            described.setdefault("refusals", []).extend(SIGNED_IN)
        _document_refusals(described)
        if not _takes_query(described):
            view_func = _without_query(view_func)
        view_func._apidoc = described  # noqa: SLF001 - where flask-smorest keeps it
        super().add_url_rule(rule, endpoint, view_func, **options)

    def get(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Register a view that reads."""
        return cast(Callable[[View], View], super().get(rule, **options))

    def post(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Register a view that changes something."""
        return cast(Callable[[View], View], super().post(rule, **options))

    def patch(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Register a view that changes a part of something."""
        return cast(Callable[[View], View], super().patch(rule, **options))

    def delete(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Register a view that takes something away."""
        return cast(Callable[[View], View], super().delete(rule, **options))

    def arguments(
        self, schema: type[Schema], *, location: str = "json", **options: Any
    ) -> Callable[[View], View]:
        """Read the body or the query by a schema and hand it to the view first."""
        decorate = super().arguments(schema, location=location, **options)
        return cast(Callable[[View], View], decorate)

    def response(
        self, status_code: int, schema: type[Schema] | Schema | None = None, **options: Any
    ) -> Callable[[View], View]:
        """Answer what the view returns as the schema shows it, in the envelope."""
        decorate = super().response(status_code, schema, **options)
        return cast(Callable[[View], View], decorate)

    @staticmethod
    def _make_doc_response_schema(schema: Schema | None) -> Any:
        """Document the envelope around what a route answers."""
        if schema is None:
            return None
        return _answer_schema(type(schema), many=bool(schema.many))

    @staticmethod
    def _prepare_response_content(data: Any) -> Any:
        return success(data, page=g.pop("page", None))


def refuses(*codes: str) -> Callable[[View], View]:
    """Name the refusals of a view beside those of its role; each stands in `docs/errors.md`."""

    def decorate(view: View) -> View:
        described = deepcopy(getattr(view, "_apidoc", {}))
        described.setdefault("refusals", []).extend(codes)
        view._apidoc = described  # type: ignore[attr-defined]  # noqa: SLF001
        return view

    return decorate


def _document_refusals(described: dict[str, Any]) -> None:
    by_status: Mapping[int, list[str]] = defaultdict(list)
    for code in described.pop("refusals", ()):
        by_status[STATUS_OF_REFUSAL.get(code, CONFLICT)].append(code)
    by_status[422].append("validation_failed")  # unknown query parameters, if nothing else
    responses = described.setdefault("response", {}).setdefault("responses", {})
    for status, codes in sorted(by_status.items()):
        words = ", ".join(f"`{code}`" for code in dict.fromkeys(codes))
        responses[status] = [{"schema": FailureSchema, "description": words, "content_type": None}]
        # What webargs adds by itself is less than this says.
        described.get("arguments", {}).get("responses", {}).pop(status, None)


def _takes_query(described: Mapping[str, Any]) -> bool:
    found = described.get("arguments", {}).get("parameters", ())
    return any(one.get("in") == "query" for one in found if isinstance(one, Mapping))


def _without_query(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def refuse_query(*args: Any, **kwargs: Any) -> Any:
        if request.args:
            unknown = {name: ["Unknown field."] for name in request.args}
            names = ", ".join(sorted(unknown)[:MOST_NAMED])[:LONGEST_NAMES]
            abort(
                422,
                message=f"This address takes no query parameters, but has: {names}.",
                errors=unknown,
            )
        return view(*args, **kwargs)

    return refuse_query


@cache
def _answer_schema(inner: type[Schema], *, many: bool) -> type[Schema]:
    name = inner.__name__.removesuffix("Schema")
    if many:
        data = fields.List(fields.Nested(inner), required=True)
        page = fields.Nested(PageSchema, required=True)
        return type(f"{name}PageSchema", (AnswerSchema,), {"data": data, "page": page})
    parts: dict[str, Any] = {"data": fields.Nested(inner, required=True)}
    if getattr(inner, "is_paged", False):  # a list with something told beside it
        parts["page"] = fields.Nested(PageSchema, required=True)
    return type(f"{name}AnswerSchema", (AnswerSchema,), parts)
