"""The relay: holds the browsers' live connections and carries each member's frames to them.

A process of its own under gevent, because every connection lasts for hours: in the web part it
would take a place from the webhook door. It writes nothing to Postgres.
"""

from __future__ import annotations

import signal
from types import FrameType

from flask import Flask, Response, g, jsonify, request
from flask_sock import Sock
from prometheus_client import CONTENT_TYPE_LATEST
from simple_websocket import Server

import settings
from web.realtime import closing, events, metrics, origins, sockets
from web.realtime.admission import NO_ROOM, RETRY_SECONDS, Refused, Visitor, admit
from web.realtime.hub import Hub
from web.realtime.wire import LARGEST_MESSAGE, hold_little
from workers import logs

STATUS_OF_CODE = {closing.BAD_TICKET: 401, closing.FOREIGN_ORIGIN: 403}


def create_relay() -> Flask:
    """Build the relay from the settings of the environment."""
    logs.configure(settings.current().log_format)
    app = Flask("relay", static_folder=None)
    app.config["SOCK_SERVER_OPTIONS"] = {"max_message_size": LARGEST_MESSAGE}
    hub = Hub()
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
        try:
            g.admitted = admit(request, hub)
        except Refused as refused:
            if refused.code < closing.RESTART:
                return _refusal(refused.code)
            g.admitted = refused
        g.wire = sockets.prepare(request.environ)
        return None

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
        hold_little(request.environ["gunicorn.socket"])
        response = Response(events.stream(hub, visitor), mimetype="text/event-stream")
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


def _refusal(code: int) -> Response:
    """The answer where there is no socket to close."""
    response = jsonify({"code": code, "reason": closing.REASONS.get(code, "no room")})
    response.status_code = STATUS_OF_CODE.get(code, code if code < closing.RESTART else NO_ROOM)
    if response.status_code not in STATUS_OF_CODE.values():
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _finish(response: Response) -> Response:
    """Safe headers for all; CORS for the pages that may read us from another origin."""
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
