"""A twin of Whop that the application asks: what it knows, what it told, and how it fails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from flask import Flask

import settings as settings_module
from game.services.reconciling import engine
from game.services.whop import api
from models.session import WORKER, Row, transaction
from simulator.bodies import Happening, WebhookBody
from simulator.record import record
from simulator.server import create_twin
from simulator.store import Store, Thing
from tests.simulator.support import API_KEY, running_app
from tests.support.settling import drain_all


@dataclass
class AskedWhop:
    """A running twin: its store and its insides."""

    store: Store
    app: Flask

    def knows(self, deliveries: Iterable[WebhookBody]) -> None:
        """What happened, as Whop shows it when it is asked, delivered or not."""
        self.happened(delivery.happening for delivery in deliveries)

    def happened(self, happenings: Iterable[Happening]) -> None:
        record(self.store, happenings)

    def shows(self, kind: str, data: dict[str, Any], company: str, parent: str = "") -> None:
        """One object as its API shows it."""
        thing = Thing(kind, data["id"], company, data["created_at"], data, data, parent, "")
        self.store.put([thing])

    def fails(self, route: str, status: int, times: int = 1, delay_ms: int = 0) -> None:
        """The next calls of a route fail or dawdle."""
        fault = {"route": f"/api/v1{route}", "status": status, "times": times}
        fault |= {"delay_ms": delay_ms}
        assert self.app.test_client().post("/_twin/faults", json=fault).status_code == 201


@contextmanager
def asked_whop(monkeypatch: pytest.MonkeyPatch) -> Iterator[AskedWhop]:
    """The twin, for as long as the block lasts; the application's settings name it."""
    monkeypatch.setenv("WHOP_API_KEY", API_KEY)
    settings_module.current.cache_clear()
    twin = create_twin(settings_module.current())
    with running_app(twin) as url:
        monkeypatch.setenv("WHOP_API_URL", f"{url}/api/v1")
        settings_module.current.cache_clear()
        api._http.cache_clear()
        yield AskedWhop(twin.extensions["store"], twin)
    api._http.cache_clear()


def move_on(now: datetime, steps: int = 1000) -> int:
    """Take up to so many steps of whatever is due at `now`, settling between; how many were."""
    for taken in range(steps):
        if not engine.step(now):
            return taken
        drain_all(now)
    return steps


def all_rows(sql: str, *params: Any) -> list[Row]:
    with transaction(WORKER) as tx:
        return tx.rows(sql, params)
