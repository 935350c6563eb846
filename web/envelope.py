"""The one shape of every answer: success, data, error, meta."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, g, jsonify

from models import clock

VERSION = "1"

Json = dict[str, Any]


def success(data: Any, *, page: Mapping[str, Any] | None = None) -> Json:
    """Wrap what a route answers; `page` for lists: next, has_next, limit."""
    envelope: Json = {"success": True, "data": data, "error": None}
    envelope["meta"] = meta(g.get("request_id", ""))
    if page is not None:
        envelope["page"] = page
    return envelope


def failure(
    status: int, code: str, message: str, details: Any = None, retry_after: int | None = None
) -> Response:
    """The answer to a request that got nothing; `code` is stable, the message is for people."""
    response = jsonify(refusal(code, message, details, g.get("request_id", "")))
    response.status_code = status
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def refusal(code: str, message: str, details: Any, request_id: str) -> Json:
    """Wrap why a request got nothing."""
    error = {"code": code, "message": message, "details": details or {}}
    return {"success": False, "data": None, "error": error, "meta": meta(request_id)}


def meta(request_id: str) -> Json:
    """Which request this answers, when, in which version of the API."""
    now = clock.estimate().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"request_id": request_id, "timestamp": now, "version": VERSION}
