"""The supervisor's end of the guard: keeps one guard process and tells it what runs.

It is told through its pipe, so that it knows what to end when no file can be written.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cli.environment import python

PAUSE_SECONDS = 1.0
WAIT_SECONDS = 15.0


class Guarding:
    """One guard at a time. Nothing here raises: a guard that cannot be had is tried again."""

    def __init__(self, run_file: Path) -> None:
        self._run_file = run_file
        self._state: Mapping[str, Any] = {}
        self._told = True
        self._again_at = 0.0
        self.process: subprocess.Popen[bytes] | None = None
        self._start()

    def tell(self, state: Mapping[str, Any]) -> None:
        """What runs now; the guard ends it when we are gone."""
        self._state, self._told = state, False
        self._pass_on()

    def keep(self, now: float) -> None:
        """Start another guard if this one is dead, and say what could not be said before."""
        dead = self.process is None or self.process.poll() is not None
        if dead and now >= self._again_at:
            self._again_at = now + PAUSE_SECONDS
            self._start()
        if not self._told:
            self._pass_on()

    def dismiss(self) -> None:
        """All is over: the guard leaves without ending anything."""
        self.tell({})
        if self.process is None or self.process.stdin is None:
            return
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _start(self) -> None:
        if self.process is not None and self.process.stdin is not None:
            with contextlib.suppress(OSError):
                self.process.stdin.close()
        try:
            self.process = subprocess.Popen(
                python("-m", "cli.local.guard", str(self._run_file)),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                bufsize=0,
            )
        except (OSError, subprocess.SubprocessError):
            self.process = None
            return
        assert self.process.stdin is not None  # noqa: S101 - says so to the type checker
        os.set_blocking(self.process.stdin.fileno(), False)
        self._told = False

    def _pass_on(self) -> None:
        """Write one line. A state is shorter than what a pipe takes in one piece."""
        if self.process is None or self.process.stdin is None:
            return
        line = json.dumps(self._state).encode() + b"\n"
        with contextlib.suppress(OSError, ValueError):
            self._told = os.write(self.process.stdin.fileno(), line) == len(line)
