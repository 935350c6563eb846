"""The pages' own tests: pure readings, and components in front of a played API."""

from __future__ import annotations

import fcntl
import subprocess

import pytest

from cli import ui_build
from cli.node import NodeMissing, need_node

SECONDS = 600

pytestmark = pytest.mark.timeout(SECONDS + 300)


def test_the_pages_hold_their_own_promises() -> None:
    try:
        node = need_node(ui_build.private_node())
        with (ui_build.UI / ".build.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            ui_build.install_packages(ui_build.UI, node)
    except (NodeMissing, ui_build.BuildFailed) as problem:
        pytest.skip(f"the packages of the pages cannot be had: {problem}")

    done = subprocess.run(
        [node.program, node.npm, "test", "--silent"],
        check=False,
        cwd=ui_build.UI,
        env=node.environment(),
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )

    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr[-2_000:]
