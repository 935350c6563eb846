"""What every request of the application gets: an id, safe headers, a figure, and no form posts."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from typing import Any

import gevent
import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import NotFound, UnsupportedMediaType

import settings
from web import bodies, metrics
from web.limits import TimeUp, is_gevent

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
LONGEST_SECONDS = 6.0
"""For a request as a whole: a frozen Postgres would hold it for ever."""
LONGEST_SIGN_IN_SECONDS = 15.0
"""Several questions to Whop, each with a limit of its own."""
WRITES = ("POST", "PUT", "PATCH", "DELETE")


def register(app: Flask) -> None:
    """Hang the hooks into the application."""
    app.before_request(begin)
    app.after_request(finish)
    app.teardown_request(stop_the_clock)


def begin() -> None:
    """Name the request; refuse writes that a foreign page could make a browser send."""
    g.request_id = request_id_of(request.environ)
    g.began = time.monotonic()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    start_the_clock()
    if request.path.startswith("/api/"):
        refuse_nameless_paths()
        if request.method in WRITES:
            refuse_plain_forms()


def request_id_of(environ: Mapping[str, Any]) -> str:
    """The caller's own id where it is a tame one, else a new one."""
    given = environ.get("HTTP_X_REQUEST_ID", "")
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(16)


def safe_headers(request_id: str) -> list[tuple[str, str]]:
    """What every answer carries, whoever gives it."""
    headers = [
        ("X-Request-ID", request_id),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
    ]
    if not settings.current().is_local:
        headers.append(("Strict-Transport-Security", "max-age=31536000; includeSubDomains"))
    return headers


def start_the_clock() -> None:
    """End the request with TimeUp, which is answered with 503, when it takes too long."""
    if is_gevent():
        is_sign_in = request.endpoint == "auth.enter"
        seconds = LONGEST_SIGN_IN_SECONDS if is_sign_in else LONGEST_SECONDS
        g.clock = gevent.Timeout.start_new(seconds, TimeUp(f"more than {seconds:g} s"))


def stop_the_clock(_: BaseException | None = None) -> None:
    """The request is over: its timer and its names must not reach the next of this connection."""
    clock = g.pop("clock", None)
    if clock is not None:
        clock.close()
    structlog.contextvars.clear_contextvars()


def refuse_nameless_paths() -> None:
    """Find nothing under a path with a NUL in it: no row is called so, and Postgres takes none."""
    if "\0" in request.path:
        raise NotFound


def refuse_plain_forms() -> None:
    """Demand what no cross-site form can send: a JSON content type or a bearer token.

    Whop's proxy adds the user's token to every request of its origin, as a cookie would be.
    """
    if request.mimetype == "application/json" or "Authorization" in request.headers:
        return
    raise UnsupportedMediaType("Send application/json.")


def finish(response: Response) -> Response:
    """Add the headers that every answer has, and count it."""
    headers = response.headers
    for name, value in safe_headers(g.get("request_id", "")):
        headers[name] = value
    if request.path.startswith(("/api/", "/health", "/metrics")):
        headers.setdefault("Cache-Control", "no-store")
    bodies.drop_unread(response)
    _count(response)
    return response


def _count(response: Response) -> None:
    route = request.url_rule.rule if request.url_rule else "none"
    method = request.method if request.url_rule else "none"  # a stranger may send any word
    metrics.requests.labels(method, route, response.status_code).inc()
    if "began" in g:
        metrics.request_seconds.labels(method, route).observe(time.monotonic() - g.began)
