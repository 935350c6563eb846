"""Webhooks that were never delivered, and a comparison with Whop that is killed on its way.

The suite loses 60 of them, `legends prove` a thousand.
"""

from __future__ import annotations

import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from settings import Settings
from simulator.bodies import WebhookBody
from simulator.chaos import is_lost
from tests.support.asked_whop import all_rows, asked_whop
from tests.support.settling import (
    deliver_all,
    differences,
    drain_all,
    figures,
    found_company,
    life,
    model_figures,
)
from tests.support.workers import Running, legends

NOW = datetime.now(UTC).replace(microsecond=0)
LOST, LOST_AT_LENGTH = 60, 1000
DELIVERIES_EACH = 6
"""How many deliveries of all kinds there are for one that is lost."""
PATIENCE_SECONDS = 120.0

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]


def without_lost(everything: list[WebhookBody], most: int) -> tuple[list[WebhookBody], int]:
    rng, came, lost = Random(3), [], 0
    for delivery in everything:
        if lost < most and is_lost(delivery, rng, 0.8):
            lost += 1
        else:
            came.append(delivery)
    return came, lost


def has_begun(run: Running) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while "Whop's list" not in run.said():
        assert run.process.poll() is None, run.said()
        assert time.monotonic() < until, run.said()
        time.sleep(0.01)


def test_after_lost_webhooks_and_a_kill_the_books_are_those_of_a_twin_that_got_all(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    most = LOST_AT_LENGTH if request.config.pluginmanager.has_plugin("cli.drill_report") else LOST
    pairs = found_company(NOW - timedelta(days=30))
    everything = life(pairs, NOW, most * DELIVERIES_EACH)
    came, lost = without_lost(everything, most)
    assert lost == most
    deliver_all(came, NOW)
    drain_all(NOW)
    day = (NOW - timedelta(days=25)).date().isoformat()
    command = ("reconcile", "--since", day)

    with asked_whop(monkeypatch) as whop:
        whop.knows(everything)
        whop.fails("/refunds", 500)
        with legends(tmp_path / "killed.log", *command) as first:
            has_begun(first)
            first.process.send_signal(signal.SIGKILL)
            first.process.wait()
        # Whoever claimed the run was killed: nobody waits a minute for it here.
        all_rows("UPDATE whop_run SET next_at = now() RETURNING id")
        with legends(tmp_path / "again.log", *command) as second:
            assert second.process.wait(PATIENCE_SECONDS) == 0, second.said()

    assert figures() == model_figures(everything, pairs, NOW)
    assert differences(NOW) == []
    assert all_rows("SELECT state, filled = holes, failed FROM whop_run") == [("done", True, 0)]
