"""The web part as tests use it: signed deliveries, a test client, and a real gunicorn."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
from flask.testing import FlaskClient

from cli.local.processes import Part, answers, await_ready, end, free_port, spawn
from simulator.signing import headers as signed_headers
from tests.conftest import WEBHOOK_SECRET

DOOR = "/webhooks/whop"
START_SECONDS = 90.0


@dataclass(frozen=True)
class Answer:
    """What the door said, and after how long."""

    status: int
    body: Any
    headers: Mapping[str, str]
    seconds: float

    @property
    def outcome(self) -> str:
        """`accepted`, `duplicate`, `spooled`, or the code of the refusal."""
        return str(self.body["status"] if "status" in self.body else self.body["error"]["code"])


def event(webhook_id: str, kind: str = "payment.succeeded", **more: Any) -> bytes:
    """The raw body of a small event."""
    envelope = {"id": webhook_id, "type": kind, "account_id": "biz_1", "data": {}, **more}
    return json.dumps(envelope).encode()


def signed(
    webhook_id: str, body: bytes, *, secret: str = WEBHOOK_SECRET, at: float | None = None
) -> dict[str, str]:
    """The headers Whop sends with this body."""
    return signed_headers(secret, webhook_id, int(time.time() if at is None else at), body)


def deliver(
    client: FlaskClient, webhook_id: str, body: bytes, headers: Mapping[str, str] | None = None
) -> Answer:
    """Post a delivery to the application in this process."""
    began = time.perf_counter()
    answer = client.post(
        DOOR, data=body, headers=dict(signed(webhook_id, body) if headers is None else headers)
    )
    took = time.perf_counter() - began
    return Answer(answer.status_code, json.loads(answer.data), dict(answer.headers), took)


@dataclass(frozen=True)
class RunningWeb:
    """A web part under its own gunicorn; `log` is what it wrote, `http` a client with a pool."""

    url: str
    log: Path
    pid: int
    http: httpx.Client

    def memory(self) -> int:
        """Bytes its processes hold."""
        leader = psutil.Process(self.pid)
        everybody = (leader, *leader.children(recursive=True))
        return sum(each.memory_info().rss for each in everybody)

    def deliver(self, webhook_id: str, body: bytes | None = None) -> Answer:
        """Post a delivery; several threads may do so at once."""
        raw = event(webhook_id) if body is None else body
        headers = signed(webhook_id, raw)
        began = time.perf_counter()
        answer = self.http.post(self.url + DOOR, content=raw, headers=headers)
        took = time.perf_counter() - began
        return Answer(answer.status_code, answer.json(), answer.headers, took)


@contextmanager
def running_web(folder: Path, env: Mapping[str, str], workers: int = 1) -> Iterator[RunningWeb]:
    """Run the web part as `legends web` does, with these settings, until the block ends."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    part = Part(
        name="web",
        command=(sys.executable, "-m", "gunicorn", "--config", "python:cli.gunicorn_conf",
                 "--bind", f"127.0.0.1:{port}", "--workers", str(workers), "web.app:create_app()"),
        log=folder / "web.log",
        env=env,
        ready=lambda: answers(f"{url}/health/live"),
    )  # fmt: skip
    process = spawn(part)
    try:
        await_ready(part, process, START_SECONDS)
        with httpx.Client(timeout=15, trust_env=False) as client:
            yield RunningWeb(url, part.log, process.pid, client)
    finally:
        end(part, process)
