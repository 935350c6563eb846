"""What every request gets: an id in and out, safe headers, a figure, and no form posts."""

from __future__ import annotations

import re
import secrets
import time

import gevent
import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import NotFound, UnsupportedMediaType

import settings
from web import bodies, metrics
from web.limits import TimeUp, is_gevent

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
LONGEST_SECONDS = 6.0
"""For a request as a whole: a frozen Postgres would hold it for ever. The door has its own."""
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
    given = request.environ.get("HTTP_X_REQUEST_ID", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(16)
    g.began = time.monotonic()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    if request.blueprint != "webhooks":
        start_the_clock()
    if request.path.startswith("/api/"):
        refuse_nameless_paths()
        if request.method in WRITES:
            refuse_plain_forms()


def start_the_clock() -> None:
    """End the request with TimeUp, which is answered with 503, when it takes too long."""
    if is_gevent():
        is_sign_in = request.endpoint == "auth.enter"
        seconds = LONGEST_SIGN_IN_SECONDS if is_sign_in else LONGEST_SECONDS
        g.clock = gevent.Timeout.start_new(seconds, TimeUp(f"more than {seconds:g} s"))


def stop_the_clock(_: BaseException | None = None) -> None:
    """The request is over: its timer must not strike the next one of this connection."""
    clock = g.pop("clock", None)
    if clock is not None:
        clock.close()


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
    headers["X-Request-ID"] = g.get("request_id", "")
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    if not settings.current().is_local:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.path.startswith(("/api/", "/webhooks/", "/health", "/metrics")):
        headers.setdefault("Cache-Control", "no-store")
    if request.blueprint != "webhooks":  # the door reads bodies and counts answers itself
        bodies.drop_unread(response)
        _count(response)
    return response


def _count(response: Response) -> None:
    route = request.url_rule.rule if request.url_rule else "none"
    method = request.method if request.url_rule else "none"  # a stranger may send any word
    metrics.requests.labels(method, route, response.status_code).inc()
    if "began" in g:
        metrics.request_seconds.labels(method, route).observe(time.monotonic() - g.began)
