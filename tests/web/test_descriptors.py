"""Open files: a small soft limit is raised by ourselves; a small hard one is kept to."""

from __future__ import annotations

import contextlib
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings import Settings
from tests.support.web import running_web

CLIENTS = 600
SMALL = 256
ASK = (
    "import resource; from web.descriptors import room_for;"
    "resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}));"
    "print(room_for(2000), resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
)


@contextlib.contextmanager
def soft_limit(files: int) -> Iterator[None]:
    """Whatever is started in the block may open no more files, until it asks."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_more_kept_alive_clients_than_the_soft_limit_do_not_close_the_door(
    settings: Settings, tmp_path: Path
) -> None:
    with contextlib.ExitStack() as stack:
        # What this process has open itself counts as well, and clients must be more than that.
        files = SMALL + len(list(Path("/proc/self/fd").iterdir()))
        clients = CLIENTS + files
        with soft_limit(files):
            web = stack.enter_context(running_web(tmp_path, {}))
        stack.enter_context(soft_limit(clients + 1000))
        host, port = web.url.removeprefix("http://").split(":")
        for _ in range(clients):
            client = stack.enter_context(socket.create_connection((host, int(port)), timeout=10))
            client.sendall(f"GET /health/live HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            assert client.recv(4096).startswith(b"HTTP/1.1 200")

        answers = [web.deliver(f"msg_{number}") for number in range(10)]

        assert {answer.outcome for answer in answers} == {"accepted"}
        assert "Too many open files" not in web.log.read_text()


@pytest.mark.parametrize(
    ("soft", "hard", "told"), [(256, 4096, "2000 2100"), (256, 300, "200 300"), (64, 64, "1 64")]
)
def test_a_process_takes_what_it_is_allowed_and_keeps_some_spare(
    soft: int, hard: int, told: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASK.format(soft=soft, hard=hard)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip

    assert done.stdout.strip() == told
