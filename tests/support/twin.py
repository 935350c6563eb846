"""A running twin of Whop that the application asks, and that tells the application what it did."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

import settings as settings_module
from game.services.whop import api, tokens
from simulator.server import create_twin
from simulator.store import Store
from simulator.transfers import finish, paid
from tests.simulator.support import API_KEY, running_app
from tests.support.company_life import rows, settle

PATIENCE_SECONDS = 10.0
COMPANY = "biz_demo"


@dataclass
class Whop:
    """A running twin: its address and its insides. Transfers end when a test says so."""

    url: str
    store: Store
    app: Flask

    def trouble(self, route: str, status: int, **more: Any) -> None:
        """The next call of a route fails or dawdles; with `after`, once its work is done."""
        fault = {"route": f"/api/v1{route}", "status": status, **more}
        assert self.app.test_client().post("/_twin/faults", json=fault).status_code == 201

    def transfers(self) -> list[dict[str, Any]]:
        return [thing.flat for thing in self.store.page("transfer", first=100).rows]

    def paid(self) -> dict[str, Any]:
        """What really went out."""
        return paid(self.store)

    def end(self, transfer_id: str, outcome: str = "succeeded") -> None:
        """End a transfer; its webhook is in the inbox afterwards."""
        known = deliveries()
        finish(self.app, transfer_id, outcome)
        wait_for_deliveries(known + 1)

    def heard(self, count: int) -> None:
        """Wait until so many webhooks of transfers came, and settle them."""
        wait_for_deliveries(count)
        settle()


def deliveries() -> int:
    [(count,)] = rows("SELECT count(*) FROM inbox WHERE type LIKE %s", "transfer.%")
    return int(count)


def wait_for_deliveries(count: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while deliveries() < count:
        assert time.monotonic() < until, "the twin's webhook never came"
        time.sleep(0.01)


@contextmanager
def running_whop(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Whop]:
    """The twin beside the application `app`, for as long as the block lasts."""
    with running_app(app) as web_url:
        monkeypatch.setenv("PUBLIC_URL", web_url)
        monkeypatch.setenv("WHOP_API_KEY", API_KEY)
        settings_module.current.cache_clear()
        twin = create_twin(settings_module.current())
        twin.config["TRANSFER_SECONDS"] = -1
        with running_app(twin) as url:
            monkeypatch.setenv("WHOP_API_URL", f"{url}/api/v1")
            monkeypatch.setenv("WHOP_JWKS_URL", f"{url}/.well-known/jwks.json")
            settings_module.current.cache_clear()
            api._http.cache_clear()
            yield Whop(url, twin.extensions["store"], twin)
    tokens.key_set.cache_clear()
    api._http.cache_clear()
