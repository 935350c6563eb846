"""The benchmark counts honestly and leaves nothing behind. Never a time: those are for reading."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

from bench.chromium import find_chromium
from bench.crowd import Event, events, paid_once, read_events, write_events
from bench.load import milliseconds, percentile
from game.rules.fact_kinds import is_known

EVENTS = 40


@pytest.mark.timeout(600)
def test_a_small_run_reports_every_figure_and_equal_books(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    command = ["bench", "all", "--quick", "--events", str(EVENTS), "--json", str(file)]

    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *command],
        check=False,
        capture_output=True,
        text=True,
        env=_environment(tmp_path),
    )

    assert done.returncode == 0, done.stderr
    figures = json.loads(file.read_text())
    _assert_intake(figures["intake"])
    _assert_settle(figures["settle"])
    _assert_pipelines(figures["pipeline"], figures["textbook"])
    _assert_quests(figures["quests"])
    _assert_page(figures.get("page"))
    assert figures["machine"]["cores"] >= 1
    assert list(tmp_path.glob("legends-bench-*")) == []
    assert _processes_over(tmp_path) == []


def _assert_quests(found: list[dict[str, Any]]) -> None:
    assert [one["what"] for one in found] == ["daily", "special"]
    assert all(one["members"] == 200 and one["seconds"] > 0 for one in found)


def test_the_stream_holds_only_events_that_carry_facts(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    told = events(60, now)

    write_events(tmp_path / "events", told)

    assert read_events(tmp_path / "events") == told
    assert read_events(tmp_path / "events", 10, 5) == told[10:15]
    assert all(is_known(json.loads(event.raw)["type"]) for event in told)
    assert len({event.webhook_id for event in told}) == 60
    assert all(datetime.fromisoformat(json.loads(e.raw)["timestamp"]) < now for e in told)


def test_only_paid_payments_are_waited_for() -> None:
    paid = Event("msg_1", b'{"type": "payment.succeeded", "data": {"id": "pay_1"}}')
    other = Event("msg_2", b'{"type": "refund.created", "data": {"id": "rfnd_1"}}')

    assert list(paid_once([paid, other])) == [("msg_1", "pay_1")]


def test_percentiles_are_values_that_were_measured() -> None:
    seconds = [number / 1000 for number in range(100, 0, -1)]

    assert percentile(seconds, 0.5) == 0.051
    assert milliseconds(seconds) == {"p50_ms": 51.0, "p95_ms": 96.0, "p99_ms": 100.0}
    assert percentile([], 0.99) == 0.0


def _environment(folder: Path) -> dict[str, str]:
    """This process's environment, with temporary files where the test can see them."""
    return {**os.environ, "TMPDIR": str(folder)}


def _assert_intake(found: dict[str, Any]) -> None:
    for side in ("door", "bare"):
        assert found[side]["answers"] == {"accepted": EVENTS}
        assert found[side]["per_second"] > 0
        assert found[side]["p50_ms"] <= found[side]["p99_ms"]
    assert found["ratio"] > 0


def _assert_settle(found: list[dict[str, Any]]) -> None:
    assert [one["batch"] for one in found] == [1, 20, 200]
    assert found[-1]["events"] == EVENTS
    for one in found:
        assert 0 < one["queries_min"] <= one["queries_max"] < 80
        assert one["events_per_second"] > 0


def _assert_pipelines(ours: dict[str, Any], textbook: dict[str, Any]) -> None:
    assert ours["events"] == EVENTS
    assert [one["load_percent"] for one in ours["latency"]] == [50]
    assert sum(one["frames"] for one in ours["latency"]) > 0
    assert ours["processes"] == textbook["processes"]
    assert textbook["same_books"], (textbook["books"], textbook["our_books"])
    assert textbook["books"]["payment_xp"] > 0
    assert textbook["ratio"] > 0


def _assert_page(found: dict[str, Any] | None) -> None:
    if find_chromium(os.environ) is None:
        assert found is None
        return
    assert found is not None
    assert 0 < found["fastest_ms"] <= found["first_contentful_paint_ms"] <= found["slowest_ms"]
    assert 0 < found["styles_bytes"] < found["script_bytes"]


def _processes_over(folder: Path) -> list[str]:
    """Programs that still run with something of this folder in their command line."""
    return [
        " ".join(process.info["cmdline"])
        for process in psutil.process_iter(["cmdline"])
        if any(str(folder) in word for word in process.info["cmdline"] or ())
    ]
