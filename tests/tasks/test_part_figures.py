"""Every background part serves its figures, those of the worker's pool included."""

from __future__ import annotations

import os
import signal
import socket
import urllib.error
import urllib.request
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from cli.local.processes import free_port
from settings import Settings
from tests.support.waiting import eventually
from tests.support.workers import Running, all_handled, deliver, legends, states
from workers.app import current


def figure(port: int, name: str, **labels: str) -> float:
    """The sum of one figure over the samples with these labels; 0 where nobody serves."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            told = answer.read().decode()
    except urllib.error.URLError:
        return 0.0
    return sum(
        sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def pool_of(worker: Running) -> list[int]:
    """The children of the Celery process that the watchdog started."""
    main = worker.children(deep=False)[0]
    return sorted(child.pid for child in main.children())


def test_the_worker_serves_what_all_children_of_its_pool_did_also_those_that_were_killed(
    settings: Settings, tmp_path: Path
) -> None:
    port = free_port()

    def drains() -> float:
        return figure(port, "legends_task_runs_total", task="inbox.drain", outcome="done")

    with legends(tmp_path / "log", "worker", "--metrics-port", str(port)) as worker:
        current.cache_clear()
        deliver(3)
        for _ in range(8):
            current().send_task("inbox.drain")
        assert eventually(lambda: all_handled(3) and drains() >= 8, 90), states()
        before, pool = drains(), pool_of(worker)

        for pid in pool:
            os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: len(set(pool_of(worker)) - set(pool)) == len(pool), 60)
        for _ in range(4):
            current().send_task("inbox.drain")

        assert eventually(lambda: drains() >= before + 4, 60), worker.said()
        assert figure(port, "legends_task_seconds_count", task="inbox.drain") >= before + 4


def test_beat_and_poll_serve_theirs(settings: Settings, tmp_path: Path) -> None:
    beats, polls = free_port(), free_port()

    with (
        legends(tmp_path / "beat", "beat", "--metrics-port", str(beats)) as beat,
        legends(tmp_path / "poll", "poll", "--metrics-port", str(polls)) as poll,
    ):
        deliver(2)

        assert eventually(lambda: figure(beats, "legends_beat_leads") == 1, 60), beat.said()
        assert eventually(lambda: figure(polls, "legends_wakes_total") > 0, 60), poll.said()


def test_a_taken_port_ends_nothing_and_is_used_once_it_is_free(
    settings: Settings, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with legends(tmp_path / "log", "poll", "--metrics-port", str(port)) as poll:
            assert eventually(lambda: "figures_not_served" in poll.said(), 60)
            deliver(2)
            assert eventually(lambda: all_handled(2), 30), poll.said()
            taken.close()

            assert eventually(lambda: figure(port, "legends_wakes_total") > 0, 30)
            assert poll.said().count("figures_not_served") == 1
            assert "choose another --metrics-port" in poll.said()
