"""Flower lists the dead letters' queue although nobody consumes it, and asks for its password."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from playwright.sync_api import Page, expect

from cli.local.processes import answers, free_port
from settings import Settings
from tests.support.waiting import eventually
from tests.support.workers import legends
from workers.app import KEY_PREFIX, current
from workers.queues import DEAD

USER, PASSWORD = "keeper", "of-the-flowers"


@pytest.fixture
def flower(settings: Settings, tmp_path: Path) -> Iterator[str]:
    """The address of a running Flower; three dead letters are in the mirror."""
    port = free_port()
    with redis.Redis.from_url(settings.broker_url) as broker:
        broker.lpush(KEY_PREFIX + DEAD, "one", "two", "three")
    with legends(
        tmp_path / "log", "flower", "--port", str(port), FLOWER_AUTH=f"{USER}:{PASSWORD}"
    ) as running:
        url = f"http://127.0.0.1:{port}"
        assert eventually(lambda: answers(url + "/healthcheck"), 60), running.said()
        yield url


def page_of(url: str, password: str) -> str:
    """The page behind basic authentication. Raises HTTPError."""
    words = base64.b64encode(f"{USER}:{password}".encode()).decode()
    request = urllib.request.Request(url, headers={"Authorization": f"Basic {words}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return str(answer.read().decode())


def test_broker_page_shows_every_declared_queue_with_its_depth(flower: str) -> None:
    html = page_of(flower + "/broker", PASSWORD)

    for name in ("inbox", "notices", "jobs", "whop", DEAD):
        assert name in html
    row = html[html.index(DEAD) :]
    assert "3" in row[: row.index("</tr>")]


@pytest.mark.parametrize("path", ["/", "/broker", "/workers", "/tasks", "/api/workers"])
def test_no_page_opens_without_the_password(flower: str, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        page_of(flower + path, "wrong")

    assert refused.value.code == 401


def test_pages_load_nothing_from_outside(flower: str, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_extra_http_headers(
        {"Authorization": "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()}
    )

    page.goto(flower + "/broker")

    expect(page.get_by_text(DEAD)).to_be_visible()
    assert [url for url in asked if not url.startswith((flower, "data:"))] == []


def test_living_worker_and_what_it_ran_are_shown(
    settings: Settings, flower: str, tmp_path: Path
) -> None:
    with legends(tmp_path / "worker", "worker", "--name", "shown") as worker:
        assert eventually(lambda: "ready." in worker.said(), 60), worker.said()
        current.cache_clear()

        def is_shown() -> bool:
            current().send_task("inbox.drain")
            found = json.loads(page_of(flower + "/workers?json=1", PASSWORD))["data"]
            return any(one["status"] and one.get("task-succeeded") for one in found)

        assert eventually(is_shown, 60)


def test_flower_on_this_machine_needs_no_password_in_development(
    settings: Settings, tmp_path: Path
) -> None:
    port = free_port()
    with legends(tmp_path / "log", "flower", "--port", str(port)) as running:
        url = f"http://127.0.0.1:{port}/broker"

        assert eventually(lambda: answers(url), 60), running.said()


def test_flower_is_not_opened_to_others_without_a_password(
    settings: Settings, tmp_path: Path
) -> None:
    with legends(tmp_path / "log", "flower", "--host", "0.0.0.0", "--port", "0") as running:  # noqa: S104
        code = running.process.wait(60)

    assert code == 1
    assert "FLOWER_AUTH" in running.said()


def test_workers_that_are_gone_are_shown_no_more(settings: Settings) -> None:
    current.cache_clear()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    code = f"from workers import dashboard as d; d.GONE_SECONDS = 4; d.serve('127.0.0.1', {port})"
    process = subprocess.Popen([sys.executable, "-c", code])

    def shown(*alive: str) -> set[str]:
        with current().connection_for_write() as connection:
            for node in alive:
                with current().events.Dispatcher(connection, hostname=node) as sender:
                    sender.send("worker-heartbeat", freq=1)
        with urllib.request.urlopen(f"{url}/workers?json=1", timeout=10) as answer:
            return {str(one["hostname"]) for one in json.loads(answer.read())["data"]}

    try:
        assert eventually(lambda: answers(f"{url}/healthcheck"), 60)
        # Flower begins to listen some time after it begins to answer.
        assert eventually(lambda: shown("living@a", "gone@a") == {"living@a", "gone@a"}, 60)
        assert eventually(lambda: shown("living@a") == {"living@a"}, 60)
    finally:
        process.terminate()
        assert process.wait(30) == 0
