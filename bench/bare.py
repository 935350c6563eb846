"""The cheapest route that keeps what it is given: one INSERT of the body, then the answer.

What the webhook door is measured against. It proves nothing and protects nothing.
"""

from __future__ import annotations

from flask import Flask, Response, request
from sqlalchemy import create_engine, text

import settings

TABLE = "CREATE TABLE bare_delivery (id bigserial PRIMARY KEY, body bytea NOT NULL)"
KEEP = text("INSERT INTO bare_delivery (body) VALUES (:body)")


def create_app() -> Flask:
    """The route and a page that says it is there."""
    app = Flask("bare", static_folder=None)
    engine = create_engine(settings.current().database_url, isolation_level="AUTOCOMMIT")

    @app.post("/keep")
    def keep() -> Response:
        with engine.connect() as connection:
            connection.execute(KEEP, {"body": request.get_data()})
        return Response('{"status":"accepted"}', 202, mimetype="application/json")

    @app.get("/health/live")
    def live() -> str:
        return "ok"

    return app
