"""The relay: holds the browsers' live connections and carries each member's frames to them.

A process of its own under gevent, because every connection lasts for hours: in the web part it
would take a place from the webhook door. It writes nothing to Postgres.
"""

from __future__ import annotations

import secrets
import signal
from types import FrameType

import structlog
from flask import Flask, Response, g, jsonify, request
from flask_sock import Sock
from prometheus_client import CONTENT_TYPE_LATEST
from simple_websocket import ConnectionError as NotOpened
from simple_websocket import Server
from werkzeug.exceptions import HTTPException
from wsproto.utilities import ProtocolError

import settings
from web import errors
from web.envelope import failure
from web.realtime import closing, events, handshake, metrics, origins, sockets
from web.realtime.admission import NO_ROOM, RETRY_SECONDS, TOO_MANY, Refused, Visitor, admit
from web.realtime.hub import Hub
from web.realtime.wire import LARGEST_MESSAGE, Stuck, hold_little
from web.sampling import Sampled
from workers import logs

_of_strangers = Sampled(structlog.get_logger(__name__))

REFUSALS = {
    closing.BAD_TICKET: (401, "bad_ticket", "The ticket is used, too old or none of ours."),
    closing.FOREIGN_ORIGIN: (403, "foreign_origin", "This page may not open a live connection."),
    TOO_MANY: (429, "too_many_connections", "Enough connections are open already."),
    NO_ROOM: (503, "unavailable", "No live connection right now."),
}


def create_relay() -> Flask:
    """Build the relay from the settings of the environment."""
    logs.configure(settings.current().log_format)
    app = Flask("relay", static_folder=None)
    app.config["SOCK_SERVER_OPTIONS"] = {"max_message_size": LARGEST_MESSAGE}
    hub = Hub()
    app.before_request(_begin)
    _add_errors(app)
    _add_socket(app, hub)
    _add_events(app, hub)
    _add_health(app)
    app.after_request(_finish)
    _leave_gently(hub)
    return app


def _add_socket(app: Flask, hub: Hub) -> None:
    @app.before_request
    def receive() -> Response | None:
        """Decide before the upgrade; what browsers shall read as a close code waits for it."""
        if request.endpoint != "socket":
            return None
        refused_at_once = handshake.refusal(request)
        if refused_at_once is not None:
            _of_strangers.warning("relay_handshake_refused", status=refused_at_once.status_code)
            return refused_at_once
        try:
            g.admitted = admit(request, hub)
            g.place = g.admitted.place
        except Refused as refused:
            if refused.code < closing.RESTART:
                return _refusal(refused.code)
            g.admitted = refused
        g.wire = sockets.prepare(request.environ)
        return None

    @app.teardown_request
    def leave(_: BaseException | None) -> None:
        """Give the place back, also where the handshake failed after it was taken."""
        if "place" in g:
            g.place.leave()

    @Sock(app).route("/ws", endpoint="socket")  # type: ignore[untyped-decorator]
    def socket(server: Server) -> None:
        writer = sockets.Writer(server, g.wire)
        admitted: Visitor | Refused = g.admitted
        if isinstance(admitted, Refused):
            writer.close(admitted.code)
            server.connected = False
        else:
            writer.serve(hub, admitted)


def _add_events(app: Flask, hub: Hub) -> None:
    @app.get("/sse")
    def server_sent_events() -> Response:
        try:
            visitor = admit(request, hub)
        except Refused as refused:
            return _refusal(refused.code)
        response = Response(events.stream(hub, visitor), mimetype="text/event-stream")
        response.call_on_close(visitor.place.leave)
        hold_little(request.environ["gunicorn.socket"])
        response.headers["X-Accel-Buffering"] = "no"  # nginx would hold frames back
        return response


def _add_health(app: Flask) -> None:
    @app.get("/health/live")
    def live() -> Response:
        """The process answers; it asks nobody."""
        return jsonify({"status": "live"})

    @app.get("/metrics")
    def figures() -> Response:
        return Response(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)


def _begin() -> None:
    g.request_id = secrets.token_hex(16)


def _add_errors(app: Flask) -> None:
    """Answer every error in the envelope; a peer that broke off is one line and no answer."""
    app.register_error_handler(HTTPException, errors.http_error)
    app.register_error_handler(Exception, errors.unexpected)
    for kind in (OSError, Stuck, NotOpened, ProtocolError):
        app.register_error_handler(kind, _broken_off)


def _broken_off(error: Exception) -> Response:
    """The peer left, or sent what is no websocket, before the connection stood."""
    _of_strangers.warning("relay_handshake_broken", error=type(error).__name__)
    return failure(400, "bad_request", "The connection broke off while it was being opened.")


def _refusal(code: int) -> Response:
    """The answer where there is no socket to close."""
    status, name, message = REFUSALS.get(code, REFUSALS[NO_ROOM])
    details = {"close_code": code} if code >= closing.RESTART else None
    retry = None if code in (closing.BAD_TICKET, closing.FOREIGN_ORIGIN) else RETRY_SECONDS
    return failure(status, name, message, details, retry)


def _finish(response: Response) -> Response:
    """Safe headers for all; CORS for the pages that may read us from another origin."""
    response.headers["X-Request-ID"] = g.get("request_id", "")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Vary"] = "Origin"
    origin = request.headers.get("Origin", "")
    if request.path != "/metrics" and origins.is_allowed(
        origin, settings.current().allowed_origins
    ):
        response.headers["Access-Control-Allow-Origin"] = origin
    return response


def _leave_gently(hub: Hub) -> None:
    """On the server's stop signals close every connection with 1012, then let it go on stopping."""
    for number in (signal.SIGTERM, signal.SIGQUIT, signal.SIGINT):
        before = signal.getsignal(number)
        if not callable(before) or before is signal.default_int_handler:
            continue

        def leave(got: int, frame: FrameType | None, before: object = before) -> None:
            hub.stop()
            if callable(before):
                before(got, frame)

        signal.signal(number, leave)
