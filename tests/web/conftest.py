"""The application over this test's own database and Redis."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from models.outgoing import Message
from models.session import register_sender
from settings import Settings
from web.app import create_app


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    """A client of the real application, in this process."""
    return create_app().test_client()


@pytest.fixture
def sent() -> Iterator[list[Message]]:
    """What is handed over after commits, in order."""
    messages: list[Message] = []
    register_sender(messages.extend)
    yield messages
    register_sender(lambda _: None)
