"""A real relay process, and browsers connected to it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import websocket

from cli.local.processes import Part, answers, await_ready, end, free_port, spawn
from tests.support.news import Reader

START_SECONDS = 30.0
Json = dict[str, Any]


@dataclass
class Relay:
    """`legends relay` on a free port; `process` changes when it is started again."""

    part: Part
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.part.port}"

    def start(self) -> None:
        """Start it again on the same port."""
        self.process = spawn(self.part)
        await_ready(self.part, self.process, START_SECONDS)

    def figure(self, name: str) -> float:
        """The sum of one figure of `/metrics` over its labels."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        return sum(
            float(line.rpartition(" ")[2])
            for line in lines
            if line.partition("{")[0].partition(" ")[0] == name
        )

    def log(self) -> str:
        return self.part.log.read_text()


@contextmanager
def running_relay(home: Path, env: Mapping[str, str] | None = None) -> Iterator[Relay]:
    """Start a relay with the settings of this test's environment; end it after the block."""
    port = free_port()
    part = Part(
        name="relay",
        command=(sys.executable, "-m", "cli.main", "relay", "--port", str(port)),
        log=home / "relay.log",
        env=env or {},
        port=port,
        ready=lambda: answers(f"http://127.0.0.1:{port}/health/live"),
    )
    relay = Relay(part, spawn(part))
    try:
        await_ready(part, relay.process, START_SECONDS)
        yield relay
    finally:
        end(part, relay.process)


@dataclass
class Browser:
    """One websocket. `seen` are the numbers that arrived, `hello` the greeting's data."""

    socket: websocket.WebSocket
    seen: list[int] = field(default_factory=list)
    others: list[Json] = field(default_factory=list)
    hello: Json = field(default_factory=dict)
    code: int = 0
    """The close code; 1006 = the connection dropped without one."""

    def read(self, seconds: float = 5.0) -> Json | None:
        """The next frame; None when nothing came in time or the connection is over."""
        self.socket.settimeout(seconds)
        try:
            opcode, data = self.socket.recv_data()
        except websocket.WebSocketTimeoutException:
            return None
        except (websocket.WebSocketException, OSError):
            self.code = self.code or 1006
            return None
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            self.code = int.from_bytes(data[:2], "big")
            return None
        frame: Json = json.loads(data)
        self._note(frame)
        return frame

    def read_until(self, number: int, seconds: float = 15.0) -> list[int]:
        """Read until the notice `number` was seen; all numbers seen so far."""
        deadline = time.monotonic() + seconds
        while number not in self.seen and not self.code and time.monotonic() < deadline:
            self.read(deadline - time.monotonic())
        return self.seen

    def read_to_end(self, seconds: float = 15.0) -> int:
        """Read until the connection is closed; its code."""
        deadline = time.monotonic() + seconds
        while not self.code and time.monotonic() < deadline:
            self.read(max(0.01, deadline - time.monotonic()))
        return self.code

    def close(self) -> None:
        self.socket.close()

    def _note(self, frame: Json) -> None:
        if frame["type"] == "connected":
            self.hello = frame["data"]
        elif "id" in frame:
            self.seen.append(frame["id"])
        else:
            self.others.append(frame)


def open_socket(relay: Relay, ticket: str, query: str = "", origin: str = "") -> Browser:
    """Connect without reading anything. Raises WebSocketBadStatusException for an HTTP refusal."""
    address = f"ws://127.0.0.1:{relay.part.port}/ws?ticket={ticket}{query}"
    connected = websocket.create_connection(
        address,
        timeout=10,
        suppress_origin=not origin,
        origin=origin or None,
        sockopt=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
    )
    return Browser(connected)


def connect(relay: Relay, reader: Reader, after: int | None = None, epoch: str = "") -> Browser:
    """Connect with a fresh ticket and read the greeting."""
    query = ("" if after is None else f"&after={after}") + (f"&epoch={epoch}" if epoch else "")
    browser = open_socket(relay, reader.ticket(), query)
    browser.read()
    return browser
