"""A process supervisor: restarts what dies, with growing pauses, and stops all in a fixed order.

Everything happens in the main thread, in `watch`; `run.json` shows the parts at any moment. What
observes or tells (the run file, logs, the guard, the console) may fail and is tried again: it never
ends what works.
"""

from __future__ import annotations

import contextlib
import secrets
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cli.local.guarding import Guarding
from cli.local.part_logs import tail, turn_over
from cli.local.processes import Part, ask_to_leave, await_end, kill_group, spawn, trouble_of
from cli.local.running import RUN_FILE, SUPERVISOR
from cli.local.stale import bearers, kill_all
from cli.local.state import write_json

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
# A part that lived this long has recovered: its next death is answered at once again.
STEADY_SECONDS = 60.0
TICK_SECONDS = 0.1
LOOK_SECONDS = 5.0
"""How often logs are measured and what could not be written down is tried again."""
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
    """One part under supervision. `due` is when a dead one starts again.

    `process` is None for one that the machine has refused to start so far.
    """

    part: Part
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
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
        self._written = True
        self._look_at = 0.0
        self._guard = Guarding(self._run_file)
        self._write()

    def ask_to_stop(self) -> None:
        """Make `watch` and `await_ready` raise Stopped soon. Safe inside a signal handler."""
        self._asked_to_stop = True

    def start(self, part: Part) -> None:
        """Start a part and keep it running from now on."""
        name, _, value = self._mark.partition("=")
        kept = Kept(replace(part, env={**part.env, name: value}))
        self._kept[part.name] = kept
        self._begin(kept, time.monotonic())
        self._write()

    def await_ready(self, seconds: float) -> list[str]:
        """Watch until all parts answer; the names of those that do not."""
        return list(self.await_answers(seconds))

    def await_answers(self, seconds: float) -> dict[str, str]:
        """Watch until all parts answer; those that do not, each with the reason it gave last."""
        waiting = dict.fromkeys(self._kept, "")

        def nobody_waits() -> bool:
            for name in list(waiting):
                waiting[name] = why_not_ready(self._kept[name])
                if not waiting[name]:
                    del waiting[name]
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
        for kept in self._kept.values():
            if kept.due is None and kept.process is not None and kept.process.poll() is not None:
                self._bury(kept, now)
            elif kept.due is not None and now >= kept.due:
                self._restart(kept, now)
        self._guard.keep(now)
        if now >= self._look_at:
            self._look_at = now + LOOK_SECONDS
            self._look_after()

    def stop(self) -> None:
        """End all parts in order, wait for each, and take the run file away."""
        for step in STOP_ORDER:
            leaving = [
                (kept.part, kept.process)
                for name, kept in self._kept.items()
                if name in step and kept.process is not None
            ]
            for part, process in leaving:
                ask_to_leave(part, process)
            for part, process in leaving:
                if not await_end(part, process):
                    self._say(f"{part.name} did not leave in time and was killed")
        kill_all(bearers(self._mark))
        with contextlib.suppress(OSError):
            self._run_file.unlink(missing_ok=True)
        self._guard.dismiss()

    def _bury(self, kept: Kept, now: float) -> None:
        """Note a death: end the rest of its group, decide when the part starts again."""
        assert kept.process is not None  # noqa: S101 - says so to the type checker
        kill_group(kept.process.pid)
        if now - kept.started >= STEADY_SECONDS:
            kept.failures = 0
        pause = self._put_off(kept, now)
        name, code = kept.part.name, kept.process.returncode
        self._say(f"{name} ended with {code}, starts again in {pause:g} s (log: {kept.part.log})")
        last_words = tail(kept.part.log).rpartition("\n")[2]
        if last_words:
            self._say(f"{name}: {last_words[:LONGEST_WORDS]}")

    def _put_off(self, kept: Kept, now: float) -> float:
        """Decide when the part starts again; the pause in seconds."""
        pause = pause_after(kept.failures)
        kept.failures += 1
        kept.due = now + pause
        return pause

    def _begin(self, kept: Kept, now: float) -> None:
        """Start the part; where the machine refuses (memory, disk, processes), later again."""
        try:
            kept.process = spawn(kept.part)
        except (OSError, subprocess.SubprocessError) as problem:
            pause = self._put_off(kept, now)
            self._say(f"{kept.part.name} cannot start: {problem}; again in {pause:g} s")
            return
        kept.started = now
        kept.due = None

    def _restart(self, kept: Kept, now: float) -> None:
        kept.restarts += 1
        self._begin(kept, now)
        self._write()

    def _look_after(self) -> None:
        """Turn large logs over, and try again to write down what the disk refused."""
        for kept in self._kept.values():
            turn_over(kept.part.log)
        if not self._written:
            self._write()

    def _write(self) -> None:
        """Show the parts in the run file and to the guard, who needs no disk."""
        state = self._state()
        self._guard.tell(state)
        try:
            write_json(self._run_file, state)
        except OSError as problem:
            if self._written:
                self._say(f"{self._run_file} cannot be written ({problem.strerror}); going on")
            self._written = False
        else:
            self._written = True

    def _state(self) -> dict[str, Any]:
        """The parts as the run file shows them; one that waits for its restart with its last id."""
        own = {"pid": self._pid, "port": 0, "restarts": 0, "mark": self._mark}
        return {SUPERVISOR: own} | {
            name: {
                "pid": kept.process.pid,
                "port": kept.part.port,
                "restarts": kept.restarts,
                "stop_signal": int(kept.part.stop_signal),
                "program": kept.part.command[0],
            }
            for name, kept in self._kept.items()
            if kept.process is not None
        }


def why_not_ready(kept: Kept) -> str:
    """Why the part does not answer; empty if it lives and does."""
    if kept.due is not None or kept.process is None or kept.process.poll() is not None:
        words = tail(kept.part.log).rpartition("\n")[2]
        return f"it ends: {words[:LONGEST_WORDS]}" if words else "it ends at once"
    return trouble_of(kept.part)


def pause_after(failures: int) -> float:
    """Seconds to wait before the next start, after so many quick deaths in a row."""
    return float(min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(failures, 10)))
