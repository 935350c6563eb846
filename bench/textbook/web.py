"""The textbook route: check the signature, hand the body to a task, answer."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask, Response, request

import settings
from bench.textbook.program import process_webhook
from game.services.whop.signatures import NotGenuine, Signed, verify


def create_app() -> Flask:
    """The route and a page that says it is there."""
    app = Flask("textbook", static_folder=None)
    secrets = settings.current().whop_webhook_secrets

    @app.post("/webhooks/whop")
    def take() -> Response:
        body = request.get_data()
        signed = Signed(
            webhook_id=request.headers["webhook-id"],
            timestamp=request.headers["webhook-timestamp"],
            signature=request.headers["webhook-signature"],
        )
        try:
            verify(signed, body, secrets, datetime.now(UTC))
        except NotGenuine:
            return Response("{}", 401, mimetype="application/json")
        process_webhook.delay(body.decode())
        return Response('{"status":"accepted"}', 202, mimetype="application/json")

    @app.get("/health/live")
    def live() -> str:
        return "ok"

    return app
