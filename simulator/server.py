"""The twin's server: Whop's API, its key set, its checkouts and its iframe proxy on one port.

On whop.com the API and the frame are different hosts. Here the visitor's cookie tells them
apart: a signed-in browser talks to the app through the frame, everyone else to the API.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from settings import Settings
from simulator.api import RateLimit, api, no_such_call
from simulator.cast import cast
from simulator.faults import Faults, misbehave, misbehave_after, switches
from simulator.frame import METHODS, forward, new_client, visitor
from simulator.pages import pages, to_people
from simulator.pictures import pictures
from simulator.record import introduce
from simulator.sender import Sender
from simulator.store import Store
from simulator.till import till
from simulator.tokens import TokenMint
from simulator.transfers import drills

OWN_PATHS = ("/", "/open", "/.well-known/jwks.json", "/health/live")
OWN_FOLDERS = ("/_twin/", "/checkout/")


class QuietHandler(WSGIRequestHandler):
    """Keeps connections open, and no log of who asked what: query strings can carry tickets."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def create_twin(settings: Settings) -> Flask:
    """Build the app; the demo company and its people are known from the start."""
    app = Flask("legends-twin", static_folder=None)
    app.config["WHOP_API_KEY"] = settings.whop_api_key
    app.config["WHOP_APP_ID"] = settings.whop_app_id
    app.config["PUBLIC_URL"] = settings.public_url
    app.extensions["store"] = _store(settings.home, settings.whop_app_id)
    app.extensions["mint"] = TokenMint(settings.home)
    app.extensions["faults"] = Faults()
    app.extensions["rate_limit"] = RateLimit()
    app.extensions["frame_client"] = new_client()
    app.extensions["sender"] = Sender(
        f"{settings.public_url}/webhooks/whop",
        next(iter(settings.whop_webhook_secrets), ""),
        threads=0,
    )
    app.before_request(misbehave)
    app.after_request(misbehave_after)
    app.before_request(through_the_frame)
    app.extensions["transfer_lock"] = threading.Lock()
    for part in (api, pages, pictures, till, switches, drills):
        app.register_blueprint(part)
    app.add_url_rule("/<path:path>", "frame", stranger, methods=list(METHODS))
    return app


def serve(app: Flask, port: int) -> BaseWSGIServer:
    """A threaded server on 127.0.0.1; port 0 takes any free one. The caller runs it."""
    return make_server("127.0.0.1", port, app, threaded=True, request_handler=QuietHandler)


def _store(home: Path, app_id: str) -> Store:
    store = Store(home)
    introduce(store, cast(), datetime.now(UTC), app_id)
    return store


def through_the_frame() -> Response | None:
    """Proxy what a signed-in browser asks for, except the twin's own pages."""
    is_own = request.path in OWN_PATHS or request.path.startswith(OWN_FOLDERS)
    return forward() if visitor() and not is_own else None


def stranger(**_: Any) -> Response:
    """Nobody is signed in: pages lead to the list of people, other things go on without a token."""
    if request.path.startswith(f"{api.url_prefix}/"):
        return no_such_call()
    wants_page = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
    return to_people() if wants_page else forward()
