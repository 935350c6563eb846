"""The application over this test's own database and Redis."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from settings import Settings
from web.app import create_app


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    """A client of the real application, in this process."""
    return create_app().test_client()
