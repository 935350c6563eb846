"""The web part as one Flask application: webhook door, API, health, metrics."""

from __future__ import annotations

import logging

from flask import Flask
from flask_smorest import Api
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

import settings
from models.session import register_sender
from web import answers, errors, health, rate_limits, requests
from web import api as api_blueprints
from web.api.envelope_schemas import FailureSchema
from web.docs import docs
from web.links import links
from web.pages import pages
from web.strict_provider import StrictJson
from web.webhooks import Door
from workers import app as celery
from workers import logs
from workers.sender import Sender

LARGEST_API_BODY = 256 * 1024

OPENAPI = {
    "API_TITLE": "Whop Legends",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.0.3",
    "OPENAPI_URL_PREFIX": "/api/v1",
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {
        "components": {
            "securitySchemes": {
                "session": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "whop": {"type": "apiKey", "in": "header", "name": "x-whop-user-token"},
            }
        }
    },
}


class EnvelopedApi(Api):  # type: ignore[misc]
    """flask-smorest, with errors in our envelope instead of its own shape."""

    ERROR_SCHEMA = FailureSchema

    def _register_error_handlers(self) -> None:
        self._app.register_error_handler(HTTPException, errors.http_error)

    def _register_pagination_header(self) -> None:
        """Our pages are in the body; flask-smorest's header is not used."""


def create_app() -> Flask:
    """Build the application from the settings of the environment."""
    current = settings.current()
    logs.configure(current.log_format)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for each question to Whop
    register_sender(Sender(celery.current()))
    app = Flask("web", static_folder=None)
    app.json = StrictJson(app)
    app.config.update(OPENAPI, MAX_CONTENT_LENGTH=LARGEST_API_BODY)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # or a redirect would repeat whatever Host a stranger sends
    app.wsgi_app = Door(app.wsgi_app)  # type: ignore[method-assign]
    if current.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=current.trusted_proxies, x_proto=current.trusted_proxies, x_host=0
        )
    requests.register(app)
    answers.register(app)
    rate_limits.register(app)
    errors.register(app)
    for blueprint in (health.health, links, pages, docs):
        app.register_blueprint(blueprint)
    api_blueprints.register(EnvelopedApi(app))
    return app
