"""From what went wrong to the answer, in one place; nothing internal ever leaks into one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import structlog
from flask import Flask, Response, request
from flask_limiter import RateLimitExceeded
from werkzeug.exceptions import (
    HTTPException,
    MethodNotAllowed,
    NotFound,
    RequestEntityTooLarge,
)

from game.rules.refusals import Refusal
from models.passing import DATABASE, is_passing
from web.envelope import VERSION, failure
from web.limits import TimeUp
from web.rate_limits import seconds_to_wait

log = structlog.get_logger(__name__)

RETRY_SECONDS = 5
"""When to come back after an outage; the retrying client adds its own jitter."""

API = f"/api/v{VERSION}"
DOCUMENTATION = "/api/docs"

# The answer to each refusal that is not 409, the usual "not in this state of things".
STATUS_OF_REFUSAL: Mapping[str, int] = {
    "token_missing": 401,
    "token_invalid": 401,
    "session_missing": 401,
    "session_invalid": 401,
    "session_expired": 401,
    "no_access": 403,
    "banned": 403,
    "forbidden": 403,
    "guild_forbidden": 403,
    "not_found": 404,
    "rate_limited": 429,
    "validation_failed": 422,
    "unknown_class": 422,
    "unknown_plan": 422,
    "cannot_be_credited": 422,
    "unknown_currency": 422,
    "no_such_month": 422,
    "since_too_late": 422,
    "no_such_board": 422,
    "invalid_rules": 422,
    "too_early": 422,
    "whop_unreachable": 503,
    "realtime_unavailable": 503,
}
CODE_OF_STATUS: Mapping[int, str] = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "too_slow",
    413: "too_large",
    415: "unsupported_media_type",
    422: "validation_failed",
    426: "upgrade_required",
    429: "rate_limited",
    503: "unavailable",
}
DATABASE_DOWN = (*DATABASE, TimeUp)
"""For who goes on without Postgres: all kinds through which it, or a time limit, is heard."""


def register(app: Flask) -> None:
    """Answer every error in the envelope."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(TimeUp, server_down)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, unexpected)


def refused(refusal: Refusal) -> Response:
    """The game says no: its own code, and the status that goes with it."""
    status = STATUS_OF_REFUSAL.get(refusal.code, 409)
    retry = RETRY_SECONDS if status == 503 else None  # noqa: PLR2004
    return failure(status, refusal.code, refusal.message, refusal.details, retry)


def server_down(error: Exception) -> Response:
    """A server we stand on is away or overloaded: nothing happened, come back."""
    log.warning("server_unavailable", route=_route(), error=type(error).__name__)
    return failure(503, "unavailable", "Not available right now.", retry_after=RETRY_SECONDS)


def http_error(error: HTTPException) -> Response:
    """What Flask, Werkzeug, webargs and the limiter refuse."""
    if error.response is not None:
        return cast(Response, error.response)
    status = error.code or 500
    data: Mapping[str, Any] = getattr(error, "data", None) or {}
    code = str(data.get("code") or code_of(status))
    message = str(data.get("message") or _what_to_do(error) or error.description or error.name)
    fields = data.get("errors") or data.get("messages")
    details = {"fields": fields} if fields else _facts(error)
    if isinstance(error, RateLimitExceeded):
        message = "Too many requests."
        return failure(status, code, message, retry_after=seconds_to_wait())
    response = failure(status, code, message, details)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "WWW-Authenticate"):
            response.headers[name] = value
    return response


def _what_to_do(error: HTTPException) -> str:
    """In place of the framework's words, which say no more than the status; "" keeps them."""
    if isinstance(error, NotFound) and request.url_rule is None:
        if not request.path.startswith("/api/"):
            return "There is nothing at this address."
        return (
            f"There is nothing at this address. The API is version {VERSION}, under {API};"
            f" {DOCUMENTATION} describes every route."
        )
    if isinstance(error, MethodNotAllowed):
        return f"This address takes {_and(_methods(error))}, not {request.method[:20]}."
    if isinstance(error, RequestEntityTooLarge) and request.max_content_length:
        return f"The body is larger than {request.max_content_length // 1024} KiB."
    return ""


def _facts(error: HTTPException) -> Mapping[str, Any] | None:
    """What `_what_to_do` says, for programs."""
    if isinstance(error, NotFound) and request.url_rule is None and request.path[:5] == "/api/":
        return {"api": API, "documentation": DOCUMENTATION}
    if isinstance(error, MethodNotAllowed):
        return {"methods": _methods(error)}
    if isinstance(error, RequestEntityTooLarge) and request.max_content_length:
        return {"limit_bytes": request.max_content_length}
    return None


def _methods(error: MethodNotAllowed) -> list[str]:
    return sorted(error.valid_methods or ())


def _and(words: list[str]) -> str:
    return " and ".join((", ".join(words[:-1]), words[-1])) if words[1:] else "".join(words)


def code_of(status: int) -> str:
    """The code of what HTTP itself refuses."""
    return CODE_OF_STATUS.get(status, f"http_{status}")


def unexpected(error: Exception) -> Response:
    """What passes by itself, or a fault of ours: that is logged in full and told to nobody."""
    if is_passing(error):
        return server_down(error)
    log.error("request_failed", route=_route(), error=type(error).__name__, exc_info=error)
    return failure(500, "internal", "Something went wrong on our side.")


def _route() -> str:
    return request.url_rule.rule if request.url_rule else ""
