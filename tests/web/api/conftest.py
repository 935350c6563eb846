"""The web application over a database and a Redis of the test's own, and people signed in to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from game.services.inbox.run_journal import journal
from game.services.members import sessions
from game.services.platform import redis_client
from settings import Settings
from tests.support.company_life import Person, sign_in
from web import links
from web.app import create_app
from workers import app as celery_app

COMPANY = "biz_1"
OTHER_COMPANY = "biz_2"


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application as gunicorn would build it."""
    _forget()
    app = create_app()
    yield app
    _forget()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def hero(client: FlaskClient) -> Person:
    """A member of the company most tests play in."""
    return sign_in(client, COMPANY, "user_hero")


@pytest.fixture
def stranger(client: FlaskClient) -> Person:
    """A member of another company in the same database."""
    return sign_in(client, OTHER_COMPANY, "user_stranger")


@pytest.fixture
def operator(client: FlaskClient) -> Person:
    """An operator of the installation."""
    return sign_in(client, COMPANY, "user_operator", "admin")


def _forget() -> None:
    """Drop what this process remembers of another test's servers."""
    for remembered in (redis_client.client, celery_app.current):
        remembered.cache_clear()
    journal().close()
    sessions._standings.clear()
    links._remembered.clear()
