"""Keeps parts running: restarts what dies, with growing pauses, and stops all in a fixed order.

Everything happens in the main thread, in `watch`; `run.json` shows the parts at any moment.
"""

from __future__ import annotations

import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from cli.local.processes import Part, ask_to_leave, await_end, kill_group, spawn, tail
from cli.local.running import RUN_FILE, SUPERVISOR
from cli.local.stale import bearers, kill_all
from cli.local.state import write_json

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
# A part that lived this long has recovered: its next death is answered at once again.
STEADY_SECONDS = 60.0
TICK_SECONDS = 0.1
LONGEST_WORDS = 200
# First the source of traffic, then the doors, then the muscle, last what holds the truth. Parts
# of one step leave together.
STOP_ORDER: tuple[frozenset[str], ...] = (
    frozenset({"demo"}),
    frozenset({"web", "relay", "flower", "beat", "poll"}),
    frozenset({"twin", "ui-build"}),
    frozenset({"worker"}),
    frozenset({"valkey-cache", "valkey-broker"}),
    frozenset({"postgres"}),
)


class Stopped(Exception):
    """Somebody asked the supervisor to stop."""


@dataclass
class Kept:
    """One part under supervision. `due` is when a dead one starts again."""

    part: Part
    process: subprocess.Popen[bytes]
    started: float
    restarts: int = 0
    failures: int = 0
    due: float | None = None


class Supervisor:
    """The parts of one installation. `say` gets each line that an operator should see."""

    def __init__(self, home: Path, pid: int, say: Callable[[str], None]) -> None:
        self._run_file = home / RUN_FILE
        self._pid = pid
        # Every descendant of a part carries this, whatever becomes of its parent.
        self._mark = f"LEGENDS_RUN={secrets.token_hex(8)}"
        self._say = say
        self._kept: dict[str, Kept] = {}
        self._asked_to_stop = False
        self._write()
        self._guard = self._start_guard()

    def ask_to_stop(self) -> None:
        """Make `watch` and `await_ready` raise Stopped soon. Safe inside a signal handler."""
        self._asked_to_stop = True

    def start(self, part: Part) -> None:
        """Start a part and keep it running from now on."""
        name, _, value = self._mark.partition("=")
        marked = replace(part, env={**part.env, name: value})
        self._kept[part.name] = Kept(marked, spawn(marked), time.monotonic())
        self._write()

    def await_ready(self, seconds: float) -> list[str]:
        """Watch until all parts answer; the names of those that do not."""
        waiting = list(self._kept)

        def nobody_waits() -> bool:
            waiting[:] = [name for name in waiting if not is_ready(self._kept[name])]
            return not waiting

        self.until(nobody_waits, seconds)
        return waiting

    def until(self, happened: Callable[[], bool], seconds: float) -> None:
        """Watch until something happened or the time is up."""
        deadline = time.monotonic() + seconds
        while not happened() and time.monotonic() < deadline:
            self.tick(time.monotonic())
            time.sleep(TICK_SECONDS)

    def watch(self) -> None:
        """Keep all parts running until somebody asks to stop. Always raises Stopped."""
        while True:
            self.tick(time.monotonic())
            time.sleep(TICK_SECONDS)

    def tick(self, now: float) -> None:
        """Look at each part once: bury the dead, start those whose pause is over."""
        if self._asked_to_stop:
            raise Stopped
        if self._guard.poll() is not None:
            self._guard = self._start_guard()
        for kept in self._kept.values():
            if kept.due is None and kept.process.poll() is not None:
                self._bury(kept, now)
            elif kept.due is not None and now >= kept.due:
                self._restart(kept, now)

    def stop(self) -> None:
        """End all parts in order, wait for each, and take the run file away."""
        for step in STOP_ORDER:
            leaving = [kept for name, kept in self._kept.items() if name in step]
            for kept in leaving:
                ask_to_leave(kept.part, kept.process)
            for kept in leaving:
                if not await_end(kept.part, kept.process):
                    self._say(f"{kept.part.name} did not leave in time and was killed")
        kill_all(bearers(self._mark))
        self._run_file.unlink(missing_ok=True)
        if self._guard.stdin is not None:
            self._guard.stdin.close()
        self._guard.wait()

    def _bury(self, kept: Kept, now: float) -> None:
        """Note a death: end the rest of its group, decide when the part starts again."""
        kill_group(kept.process.pid)
        if now - kept.started >= STEADY_SECONDS:
            kept.failures = 0
        pause = pause_after(kept.failures)
        kept.failures += 1
        kept.due = now + pause
        name, code = kept.part.name, kept.process.returncode
        self._say(f"{name} ended with {code}, starts again in {pause:g} s (log: {kept.part.log})")
        last_words = tail(kept.part.log).rpartition("\n")[2]
        if last_words:
            self._say(f"{name}: {last_words[:LONGEST_WORDS]}")

    def _restart(self, kept: Kept, now: float) -> None:
        kept.process = spawn(kept.part)
        kept.started = now
        kept.restarts += 1
        kept.due = None
        self._write()

    def _start_guard(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "cli.local.guard", str(self._run_file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _write(self) -> None:
        """Show the parts in the run file. A part that waits for its restart shows its last id."""
        own = {"pid": self._pid, "port": 0, "restarts": 0, "mark": self._mark}
        state: dict[str, object] = {SUPERVISOR: own}
        for name, kept in self._kept.items():
            state[name] = {
                "pid": kept.process.pid,
                "port": kept.part.port,
                "restarts": kept.restarts,
                "stop_signal": int(kept.part.stop_signal),
                "program": kept.part.command[0],
            }
        write_json(self._run_file, state)


def is_ready(kept: Kept) -> bool:
    """True when the part lives and answers."""
    return kept.due is None and kept.process.poll() is None and kept.part.ready()


def pause_after(failures: int) -> float:
    """Seconds to wait before the next start, after so many quick deaths in a row."""
    return float(min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(failures, 10)))
