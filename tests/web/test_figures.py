"""Figures of several processes: one answer for all, whatever becomes of a process or a disk."""

from __future__ import annotations

import os
import re
import signal
import sys
from pathlib import Path

import httpx
import psutil
from prometheus_client.parser import text_string_to_metric_families

from cli.local.processes import Part, answers, await_ready, end, free_port, spawn
from settings import Settings
from tests.support.waiting import eventually
from tests.support.web import RunningWeb, running_web
from workers import shared_memory
from workers.shared_memory import SharedMemory


def accepted(url: str) -> float:
    """How many deliveries the part counts as accepted; every worker has to say the same."""
    told = httpx.get(f"{url}/metrics", trust_env=False, timeout=10).raise_for_status().text
    families = text_string_to_metric_families(told)
    return sum(
        sample.value
        for family in families
        for sample in family.samples
        if sample.name == "legends_webhooks_total" and sample.labels["answer"] == "accepted"
    )


def workers_of(web: RunningWeb) -> list[int]:
    return [child.pid for child in psutil.Process(web.pid).children()]


def test_a_killed_worker_takes_no_counts_with_it_and_the_next_one_goes_on_with_them(
    settings: Settings, tmp_path: Path
) -> None:
    with running_web(tmp_path, {}, workers=2) as web:
        for number in range(6):
            assert web.deliver(f"msg_{number}").outcome == "accepted"
        before = workers_of(web)

        for pid in before:
            os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: len(set(workers_of(web)) - set(before)) == 2)
        assert eventually(lambda: answers(f"{web.url}/health/live"))

        assert accepted(web.url) == 6
        for number in range(6, 9):
            web.deliver(f"msg_{number}")
        assert [accepted(web.url) for _ in range(6)] == [9] * 6


def test_a_histogram_of_several_processes_is_cumulated_once(
    settings: Settings, tmp_path: Path
) -> None:
    with running_web(tmp_path, {}, workers=2) as web:
        for number in range(8):
            web.deliver(f"msg_{number}")

        told = web.http.get(f"{web.url}/metrics").text

    buckets = [
        float(value) for value in re.findall(r"legends_webhook_seconds_bucket\{.*\} (\S+)", told)
    ]
    assert buckets == sorted(buckets)
    assert buckets[-1] == 8
    assert "legends_webhook_seconds_count 8.0" in told
    assert "_created" not in told


def test_a_second_web_on_one_home_and_broken_files_there_take_no_figure_away(
    settings: Settings, tmp_path: Path
) -> None:
    folder = settings.home / "metrics" / "web"
    folder.mkdir(parents=True)
    for name in ("counter_1.db", "histogram_1.db"):
        (folder / name).touch()
    parts = [legends_web(tmp_path, name) for name in ("first", "second")]
    processes = []
    try:
        for part in parts:
            processes.append(spawn(part))
            await_ready(part, processes[-1], 90)
            url = f"http://127.0.0.1:{part.port}"
            web = RunningWeb(url, part.log, processes[-1].pid, httpx.Client(trust_env=False))
            for number in range(3):
                assert web.deliver(f"msg_{part.name}_{number}").outcome == "accepted"

        counted = [accepted(f"http://127.0.0.1:{part.port}") for part in parts]
    finally:
        for part, process in zip(parts, processes, strict=False):
            end(part, process)

    assert counted == [3, 3]
    for part in parts:
        assert part.log.read_text().count(f"{settings.home / 'metrics'} any more: delete it") == 1
    assert sorted(path.name for path in folder.iterdir()) == ["counter_1.db", "histogram_1.db"]


def test_a_full_slot_keeps_further_figures_to_the_process_and_breaks_nothing() -> None:
    memory = SharedMemory(1)
    slot = memory.slot(memory.claim())
    assert slot is not None
    name = "x" * 1000
    made = 0

    while slot.place(f"{name}{made}") is not None:
        made += 1

    assert 1000 < made < shared_memory.SLOT_BYTES / len(name)
    assert len(list(slot.figures())) == made
    assert memory.claim() == 1
    assert memory.slot(1) is None


def legends_web(folder: Path, name: str) -> Part:
    port = free_port()
    return Part(
        name=name,
        command=(sys.executable, "-m", "cli.main", "web", "--port", str(port)),
        log=folder / f"{name}.log",
        port=port,
        ready=lambda: answers(f"http://127.0.0.1:{port}/health/live"),
    )
