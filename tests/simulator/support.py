"""What the twin's tests hold in their hands: a door that remembers, and a running twin."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from werkzeug.serving import make_server

from settings import Settings
from simulator.server import QuietHandler

SECRET = "ws_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
API_KEY = "apik_of_the_test"


@dataclass
class Heard:
    """One request the door got."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Door:
    """`answers` are used up one by one (status, body, headers); then everything is accepted."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    answers: list[tuple[int, bytes, dict[str, str]]] = field(default_factory=list)
    slow_seconds: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ids(self) -> list[str]:
        return [request.headers["webhook-id"] for request in self.heard]


@dataclass
class RunningTwin:
    url: str
    settings: Settings
    app: Flask

    @property
    def api(self) -> str:
        return f"{self.url}/api/v1"


@contextmanager
def running_app(app: Any) -> Iterator[str]:
    """A WSGI app on a free port of 127.0.0.1, for as long as the block lasts; its URL."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
