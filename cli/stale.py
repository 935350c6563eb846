"""Processes that an earlier run left behind: found by their id, recognised by their command line.

A bare process id proves nothing, because ids are used again; the command line must match too.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

POLL_SECONDS = 0.05


def command_of(pid: int) -> str:
    """The command line of a living process; empty when there is none."""
    proc = Path("/proc")
    if (proc / "self").exists():
        try:
            return (proc / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (OSError, UnicodeDecodeError):
            return ""
    done = subprocess.run(
        ["/bin/ps", "-o", "command=", "-p", str(pid)], check=False, capture_output=True, text=True
    )
    return done.stdout.strip()


def is_ours(pid: int, marks: tuple[str, ...]) -> bool:
    """True when the process lives and its command line holds every mark."""
    command = command_of(pid) if pid > 1 else ""
    return bool(command) and all(mark in command for mark in marks)


def end_stale(pid: int, marks: tuple[str, ...], first: signal.Signals, seconds: float) -> None:
    """Ask a left-over process to leave, and kill its group when it has not after `seconds`."""
    if not is_ours(pid, marks):
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, first)
    deadline = time.monotonic() + seconds
    while is_ours(pid, marks):
        if time.monotonic() > deadline:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
            return
        time.sleep(POLL_SECONDS)
