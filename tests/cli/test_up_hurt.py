"""`legends up` goes on by itself: nobody reads it, its terminal hangs up, its disk is full."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from cli.environment import python
from cli.local.processes import answers, free_port
from tests.cli.test_up import environment
from tests.support.family import living
from tests.support.waiting import eventually

ROOM = "400m"
KILLED = ("postgres", "valkey-cache", "web", "beat", "poll")


class Small:
    """One `legends up` whose home is a small disk of its own, seen by nobody else."""

    def __init__(self, home: Path) -> None:
        mount = f'mount -t tmpfs -o size={ROOM},mode=700 small "$1" && shift && exec "$@"'
        command = python("-m", "cli.main", "up", "--no-demo", "--port", str(free_port()))
        self.process = subprocess.Popen(
            [*namespace(), "/bin/sh", "-c", mount, "sh", str(home), *command],
            env=environment(home),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.home = Path(f"/proc/{self.process.pid}/root{home}")

    def read_until_ready_and_look_away(self) -> str:
        """Its address; then the pipe, to which both its outputs lead, is closed at our end."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("ready "):
                self.process.stdout.close()
                return line.removeprefix("ready ").strip()
        return ""

    def parts(self) -> dict[str, Any]:
        """What the run file shows."""
        found: dict[str, Any] = json.loads((self.home / "run.json").read_text())
        return found

    def fill(self) -> None:
        """Take all room that is left, also what is freed meanwhile."""
        with (self.home / "filler").open("ab", buffering=0) as filler:
            for size in (1_000_000, 4096, 1):
                try:
                    while True:
                        filler.write(b"x" * size)
                except OSError as problem:
                    assert problem.errno == errno.ENOSPC  # noqa: PT017 - each size ends like this

    def empty(self) -> None:
        """Give the room back."""
        (self.home / "filler").unlink()


def namespace() -> list[str]:
    """How to run a program with mounts of its own."""
    return (
        ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    )


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Small]:
    probe = [*namespace(), "/bin/sh", "-c", f"mount -t tmpfs probe {tmp_path}"]
    if not shutil.which("unshare") or subprocess.run(probe, check=False).returncode != 0:
        pytest.skip("no mount namespaces here")
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    running = Small(home)
    yield running
    if running.process.poll() is None:
        running.process.send_signal(signal.SIGINT)
    running.process.wait(120)


@pytest.mark.timeout(900)
def test_up_goes_on_unread_hung_up_and_on_a_full_disk_and_all_is_back_by_itself(
    small: Small,
) -> None:
    url = small.read_until_ready_and_look_away()
    assert answers(f"{url}/health/ready")
    before = small.parts()

    small.fill()
    small.process.send_signal(signal.SIGHUP)
    for name in KILLED:
        os.kill(before[name]["pid"], signal.SIGKILL)
    for _ in range(12):
        small.fill()
        time.sleep(1)

    assert small.process.poll() is None
    assert not answers(f"{url}/health/ready")

    small.empty()

    def all_back() -> bool:
        now = small.parts()
        return answers(f"{url}/health/ready") and all(now[n]["restarts"] > 0 for n in KILLED)

    assert eventually(all_back, 120), small.parts()
    family = psutil.Process(small.process.pid).children(recursive=True)
    small.process.send_signal(signal.SIGINT)
    assert small.process.wait(120) == 0
    assert living(family) == []
