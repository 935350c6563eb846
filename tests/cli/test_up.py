"""`legends up` as a newcomer meets it: ready, hurt, stopped, started again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import pytest

from cli.local.processes import free_port
from cli.testing import clean_environment
from tests.support.family import living
from tests.support.waiting import eventually

READY_SECONDS = 400
PARTS = "postgres valkey-cache valkey-broker twin web relay flower worker beat poll".split()  # noqa: SIM905


@dataclass
class Running:
    """One `legends up`, its home and what it has printed."""

    process: subprocess.Popen[bytes]
    home: Path
    output: Path

    def printed(self) -> str:
        return self.output.read_text()

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads((self.home / "run.json").read_text())
        return state

    def shared(self) -> dict[str, str]:
        shared: dict[str, str] = json.loads((self.home / "env.json").read_text())
        return shared

    def is_ready(self) -> bool:
        return "\nready http://" in self.printed() or self.process.poll() is not None


def environment(home: Path) -> dict[str, str]:
    return clean_environment(str(home)) | {"LEGENDS_ENV": "development"}


def legends(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli.main", *arguments]
    return subprocess.run(
        command, check=False, env=environment(home), capture_output=True, text=True
    )


@contextmanager
def up(home: Path, *arguments: str) -> Iterator[Running]:
    output = home.with_name("output.txt")
    command = [sys.executable, "-m", "cli.main", "up", *arguments]
    with output.open("w") as out:
        process = subprocess.Popen(command, env=environment(home), stdout=out, stderr=out)
    running = Running(process, home, output)
    try:
        eventually(running.is_ready, READY_SECONDS)
        assert "\nready http://" in running.printed(), running.printed()
        yield running
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(120)


@pytest.mark.timeout(1200)
def test_up_is_ready_survives_a_kill_stops_clean_and_goes_on_where_it_was(tmp_path: Path) -> None:
    home = tmp_path / "home"

    with up(home, "--no-demo", "--port", str(free_port())) as first:
        ports = {name: first.state()[name]["port"] for name in PARTS}
        database = first.shared()["DATABASE_URL"]
        url = first.printed().rpartition("ready ")[2].strip()
        assert url == f"http://127.0.0.1:{ports['web']}"
        with urllib.request.urlopen(f"{url}/health/ready", timeout=10) as answer:
            assert answer.status == 200

        refused = legends(home, "up")
        assert refused.returncode == 1
        assert f"already running over {home}, at {url}" in refused.stderr

        # Another command beside it finds the same servers without being told.
        assert legends(home, "doctor", "--servers").returncode == 0

        for name in ("web", "worker", "postgres"):
            os.kill(first.state()[name]["pid"], signal.SIGKILL)
        assert eventually(lambda: all(first.state()[n]["restarts"] > 0 for n in ("web", "worker")))
        assert eventually(lambda: legends(home, "doctor", "--servers").returncode == 0, 60)

        with closing(psycopg2.connect(database)) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE remembered AS SELECT 42 AS answer")
            connection.commit()
        family = psutil.Process(first.process.pid).children(recursive=True)

    assert first.process.returncode == 0, first.printed()
    assert living(family) == []

    with up(home, "--no-demo") as second:
        assert {name: second.state()[name]["port"] for name in PARTS} == ports
        with closing(psycopg2.connect(database)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT answer FROM remembered")
            assert cursor.fetchone() == (42,)

        family = psutil.Process(second.process.pid).children(recursive=True)
        second.process.kill()

        assert eventually(lambda: not living(family), 40), living(family)
