"""Servers that a test may hurt: stop, kill, freeze, start again on the same port and data."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from cli.local import postgres, valkey
from cli.local.processes import Part, await_ready, end, spawn
from cli.local.servers import START_SECONDS, forget_data_outside
from cli.local.state import State


@dataclass
class Controlled:
    """One running server. `url` stays the same over every restart."""

    part: Part
    url: str
    process: subprocess.Popen[bytes]

    def start(self) -> None:
        """Start the server again and wait until it answers."""
        self.process = spawn(self.part)
        await_ready(self.part, self.process, START_SECONDS)

    def stop(self) -> None:
        """Let the server leave in good order (PostgreSQL: a fast stop)."""
        end(self.part, self.process)

    def kill(self) -> None:
        """End the server and its children as a power cut would."""
        self._signal_all(signal.SIGKILL)
        self.process.wait()

    def stop_immediately(self) -> None:
        """PostgreSQL's immediate stop: every process quits without cleaning up."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()

    def freeze(self) -> None:
        """Stop the server's clock: connections stay open, nothing answers."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen server go on."""
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, number: signal.Signals) -> None:
        """Signal the server and its children: PostgreSQL puts each into a group of its own."""
        leader = psutil.Process(self.process.pid)
        for each in (leader, *leader.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                each.send_signal(number)


@contextmanager
def controlled_postgres(home: Path) -> Iterator[Controlled]:
    """A PostgreSQL of its own with an empty database `legends`."""
    server = postgres.prepare(State(home))
    with ExitStack() as stack:
        stack.callback(forget_data_outside, home, server.data)
        control = stack.enter_context(_controlled(server.part, server.url()))
        server.ensure_database()
        yield control


@contextmanager
def controlled_valkey(home: Path, role: str = "cache") -> Iterator[Controlled]:
    """A Valkey of its own in the given role."""
    server = valkey.prepare(State(home), role)
    with _controlled(server.part, server.url()) as control:
        yield control


@contextmanager
def _controlled(part: Part, url: str) -> Iterator[Controlled]:
    control = Controlled(part, url, spawn(part))
    try:
        await_ready(part, control.process, START_SECONDS)
        yield control
    finally:
        if control.process.poll() is None:
            control.kill()
