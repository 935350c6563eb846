"""The JSON API: one blueprint a subject."""

from __future__ import annotations

from flask_smorest import Api


def register(api: Api) -> None:
    """Hang every blueprint of the API into the application."""
