"""The figures of a background part by HTTP, for Prometheus: `GET /metrics` and nothing else.

A thread that mostly sleeps. Whatever befalls it, a taken port above all, the part goes on.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn

import structlog
from prometheus_client import CONTENT_TYPE_LATEST

from workers import figures

log = structlog.get_logger(__name__)

VARIABLE = "LEGENDS_FIGURES_AT"
"""`host port`, from the command to the Celery program it becomes or starts."""
AGAIN_SECONDS = 10.0
CLIENT_SECONDS = 5.0


class _Handler(BaseHTTPRequestHandler):
    timeout = CLIENT_SECONDS
    server_version = "legends"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer with the figures of all processes of the part."""
        is_known = self.path.partition("?")[0] == "/metrics"
        body = figures.exposition() if is_known else b"Only /metrics is here.\n"
        self.send_response(200 if is_known else 404)
        self.send_header("Content-Type", CONTENT_TYPE_LATEST if is_known else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write no line for each question."""


class _Server(ThreadingMixIn, TCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, host: str, port: int) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Handler)

    def handle_error(self, *_: object) -> None:
        """A reader that went away in the middle is no event."""


def serve(host: str, port: int) -> None:
    """Serve in a thread of its own, from as soon as the port is free; port 0 serves nothing."""
    if port:
        run = _keep_serving(host, port)
        threading.Thread(target=run, name="figures", daemon=True).start()


def hand_on(host: str, port: int) -> None:
    """Tell the program that this process starts or becomes where to serve."""
    os.environ[VARIABLE] = f"{host} {port}"


def serve_as_told() -> None:
    """Serve where the command that started this program said; nowhere if it said nothing."""
    host, _, port = os.environ.get(VARIABLE, "").partition(" ")
    if host:
        serve(host, int(port))


def _keep_serving(host: str, port: int) -> Callable[[], None]:
    def run() -> None:
        was_taken = False
        while True:
            try:
                with _Server(host, port) as server:
                    log.info("figures_served", host=host, port=port)
                    server.serve_forever(poll_interval=3600)
            except OSError as error:
                if not was_taken:
                    log.warning(
                        "figures_not_served", host=host, port=port, error=error.strerror,
                        mend="choose another --metrics-port, or 0 for none",
                    )  # fmt: skip
                was_taken = True
            time.sleep(AGAIN_SECONDS)

    return run
